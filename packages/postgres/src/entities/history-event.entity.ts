import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('history_events')
@Index('history_events_by_reference', ['payload'], { where: `payload ^@ '@sha256:'` })
@Index('history_events_carrying_references', ['runId'], { where: `type = 1 and data like '%@sha256:%'` })
export class HistoryEventEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer')
  seq!: number;

  @Column('smallint')
  type!: number;

  @Column('timestamptz')
  at!: Date;

  /** The JSON text of the event's data; null stands for `{}`. */
  @Column('text', { nullable: true })
  data!: string | null;

  @Column('text', { nullable: true })
  payload!: string | null;
}

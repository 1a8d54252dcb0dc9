import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('history_events')
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

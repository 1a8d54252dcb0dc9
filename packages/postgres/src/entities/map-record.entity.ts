import { Column, Entity, PrimaryColumn } from 'typeorm';

/** See `MapRecord`. */
@Entity('map_records')
export class MapRecordEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer')
  n!: number;

  @Column('integer', { name: 'map_seq' })
  mapSeq!: number;

  @Column('timestamptz')
  at!: Date;

  @Column('text')
  data!: string;
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A signal, or another request to a run, that no commit has taken yet. */
@Entity('run_requests')
@Index('run_requests_waiting', ['shard', 'createdAt'])
export class RunRequestEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer')
  n!: number;

  @Column('integer')
  shard!: number;

  @Column('smallint')
  kind!: number;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  /** The JSON text of its name or reason. */
  @Column('text', { nullable: true })
  data!: string | null;

  @Column('text', { nullable: true })
  payload!: string | null;
}

/** The idempotency keys of requests, once for a chain of continued runs. */
@Entity('request_keys')
export class RequestKeyEntity {
  @PrimaryColumn('uuid', { name: 'first_run_id' })
  firstRunId!: string;

  /** The run that took it. */
  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('text', { collation: 'C' })
  key!: string;

  @Column({ type: 'text', collation: 'C', nullable: true })
  fingerprint!: string | null;
}

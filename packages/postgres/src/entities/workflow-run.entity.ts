import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The projection of a run: what every step rewrites. Inputs and results are in its history. */
@Entity('workflow_runs')
@Index('workflow_runs_open', ['namespace', 'workflowId'], { unique: true, where: 'closed_at is null' })
@Index('workflow_runs_start_key', ['namespace', 'startKey'], { unique: true, where: 'start_key is not null' })
@Index('workflow_runs_by_workflow_id', ['namespace', 'workflowId', 'runId'])
@Index('workflow_runs_newest', ['namespace', 'runId'])
@Index('workflow_runs_closed', ['namespace', 'closedStatus', 'runId'], { where: 'closed_status is not null' })
@Index('workflow_runs_wake_ups', ['shard', 'nextWakeupAt'], { where: 'next_wakeup_at is not null' })
@Index('workflow_runs_of_shard', ['shard', 'runId'], { where: 'closed_status is null' })
export class WorkflowRunEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  /** The first run of the chain that continue-as-new made; its own id elsewhere. */
  @Column('uuid', { name: 'first_run_id' })
  firstRunId!: string;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt!: Date | null;

  /** A lower bound on the earliest deadline. */
  @Column('timestamptz', { name: 'next_wakeup_at', nullable: true })
  nextWakeupAt!: Date | null;

  @Column('integer')
  shard!: number;

  @Column('integer', { name: 'last_seq' })
  lastSeq!: number;

  @Column('integer', { name: 'requests_accepted', default: 0 })
  requestsAccepted!: number;

  @Column('smallint')
  status!: number;

  /** The status of a closed run, for the index of closed runs: `status` itself changes while a run is open. */
  @Column('smallint', { name: 'closed_status', nullable: true })
  closedStatus!: number | null;

  @Column('smallint', { name: 'wake_causes' })
  wakeCauses!: number;

  @Column({ type: 'text', collation: 'C' })
  namespace!: string;

  @Column({ type: 'text', name: 'workflow_id', collation: 'C' })
  workflowId!: string;

  @Column({ type: 'text', collation: 'C' })
  workflow!: string;

  @Column({ type: 'text', name: 'task_queue', collation: 'C' })
  taskQueue!: string;

  /** The idempotency key of its start. */
  @Column({ type: 'text', name: 'start_key', collation: 'C', nullable: true })
  startKey!: string | null;

  @Column({ type: 'text', name: 'start_fingerprint', collation: 'C', nullable: true })
  startFingerprint!: string | null;

  /** Names as a JSON list. */
  @Column({ type: 'text', name: 'awaited_signals', nullable: true })
  awaitedSignals!: string | null;

  /** See `CodeWaits`. */
  @Column({ type: 'text', name: 'code_waits', nullable: true })
  codeWaits!: string | null;
  /** The number of the last record of its maps; none before the first. */
  @Column('integer', { name: 'map_records', nullable: true })
  mapRecords!: number | null;

  /** What the code says of where the run stands. */
  @Column({ type: 'text', name: 'status_text', nullable: true })
  statusText!: string | null;

  /** The memo as the code has changed it, as JSON. Lists have no use for it. */
  @Column({ type: 'text', nullable: true, select: false })
  memo!: string | null;
}

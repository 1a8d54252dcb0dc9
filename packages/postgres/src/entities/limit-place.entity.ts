import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A place in the line of a limit, or under it: of a run (`activitySeq` 0) or of an attempt. */
@Entity('limit_places')
@Index('limit_places_of_run', ['runId', 'activitySeq'])
@Index('limit_places_in_line', ['namespace', 'name', 'priority', 'rank', 'id'], { where: 'admitted_at IS NULL' })
@Index('limit_places_by_turn', ['namespace', 'name', 'priority', 'fairnessKey', 'rank'], { where: 'admitted_at IS NULL' })
@Index('limit_places_held', ['namespace', 'name'], { where: 'admitted_at IS NOT NULL' })
export class LimitPlaceEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' })
  namespace!: string;

  @PrimaryColumn({ type: 'text', collation: 'C' })
  name!: string;

  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('uuid', { name: 'run_id' })
  runId!: string;

  @Column('integer', { name: 'activity_seq' })
  activitySeq!: number;

  @Column('integer')
  attempt!: number;

  @Column('integer')
  shard!: number;

  /** The other limit that the same one waits for. */
  @Column({ type: 'text', collation: 'C', nullable: true })
  partner!: string | null;

  @Column('integer', { name: 'limit_value' })
  limitValue!: number;

  @Column('bigint', { name: 'per_ms', nullable: true })
  perMs!: string | null;

  @Column('smallint')
  priority!: number;

  @Column({ type: 'text', collation: 'C', name: 'fairness_key' })
  fairnessKey!: string;

  @Column('bigint')
  rank!: string;

  @Column('timestamptz', { name: 'queued_at', default: () => 'now()' })
  queuedAt!: Date;

  @Column('timestamptz', { name: 'admitted_at', nullable: true })
  admittedAt!: Date | null;
}

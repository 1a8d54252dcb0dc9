import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a commit added and nobody has published yet, as far as is known. */
@Entity('outbox')
export class OutboxEntryEntity {
  @PrimaryColumn('bigint', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id!: string;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'claimed_until', nullable: true })
  claimedUntil!: Date | null;

  /** The process that committed it. */
  @Column('text')
  source!: string;

  /** `[runId, afterSeq, toSeq]` of each run. */
  @Column('json')
  runs!: readonly (readonly [string, number, number])[];
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What somebody is asked, and has not answered. */
@Entity('approvals')
@Index('approvals_of_assignee', ['namespace', 'assignee', 'runId', 'activitySeq'])
export class ApprovalEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn('integer', { name: 'activity_seq' })
  activitySeq!: number;

  @Column({ type: 'text', collation: 'C' })
  namespace!: string;

  @Column('text')
  title!: string;

  @Column({ type: 'text', collation: 'C', nullable: true })
  assignee!: string | null;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt!: Date;

  @Column('timestamptz', { name: 'deadline_at', nullable: true })
  deadlineAt!: Date | null;

  /** Absent when it has become another's, or never does. */
  @Column('timestamptz', { name: 'escalates_at', nullable: true })
  escalatesAt!: Date | null;

  @Column({ type: 'text', name: 'escalates_to', collation: 'C', nullable: true })
  escalatesTo!: string | null;
}

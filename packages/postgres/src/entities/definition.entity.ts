import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A workflow that orchestrators of a task queue know. */
@Entity('definitions')
export class DefinitionEntity {
  @PrimaryColumn('text', { name: 'task_queue', collation: 'C' })
  taskQueue!: string;

  @PrimaryColumn('text', { collation: 'C' })
  workflow!: string;

  @Column('text')
  build!: string;

  @Column({ type: 'text', name: 'contract_digest', nullable: true, collation: 'C' })
  contractDigest!: string | null;

  /** What may be sent to its runs, as JSON. */
  @Column({ type: 'text', nullable: true })
  contract!: string | null;

  @Column('timestamptz', { name: 'registered_at', default: () => 'now()' })
  registeredAt!: Date;
}

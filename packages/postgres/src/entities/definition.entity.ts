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

  @Column('timestamptz', { name: 'registered_at', default: () => 'now()' })
  registeredAt!: Date;
}

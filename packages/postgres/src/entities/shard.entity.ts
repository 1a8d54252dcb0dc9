import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity('shards')
@Unique('shards_task_queue_partition_key', ['taskQueue', 'partition'])
export class ShardEntity {
  @PrimaryColumn('integer', { generated: 'identity', generatedIdentity: 'ALWAYS' })
  id!: number;

  /** Raised each time it is gained; every commit proves it. */
  @Column('integer', { default: 0 })
  epoch!: number;

  @Column('integer')
  partition!: number;

  @Column({ type: 'text', name: 'task_queue', collation: 'C' })
  taskQueue!: string;

  @Column({ type: 'text', nullable: true })
  owner!: string | null;
}

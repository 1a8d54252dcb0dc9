import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What a run is found by: a row for each value, and for each element of a list. */
@Entity('search_attributes')
@Index('search_attributes_by_key', ['name', 'key', 'runId'])
export class SearchAttributeEntity {
  @PrimaryColumn('uuid', { name: 'run_id' })
  runId!: string;

  @PrimaryColumn({ type: 'text', collation: 'C' })
  name!: string;

  /** See the core's `search-key`: its order is that of the values. */
  @PrimaryColumn({ type: 'text', collation: 'C' })
  key!: string;

  /** As JSON, once for each attribute. */
  @Column({ type: 'text', nullable: true })
  value!: string | null;
}

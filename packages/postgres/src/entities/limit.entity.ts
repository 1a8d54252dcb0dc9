import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is known of a limit while somebody waits for it or holds a place under it; locked by whoever lets somebody in. */
@Entity('limits')
export class LimitEntity {
  @PrimaryColumn({ type: 'text', collation: 'C' })
  name!: string;

  @PrimaryColumn({ type: 'text', collation: 'C' })
  namespace!: string;

  @Column('integer', { name: 'limit_value' })
  limitValue!: number;

  @Column('bigint', { name: 'per_ms', nullable: true })
  perMs!: string | null;

  @Column('double precision', { name: 'full_at_ms', default: 0 })
  fullAtMs!: number;
}

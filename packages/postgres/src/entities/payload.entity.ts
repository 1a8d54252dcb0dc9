import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A payload that is too large for a history, by its content. */
@Entity('payloads')
export class PayloadEntity {
  /** As histories refer to it. */
  @PrimaryColumn('text')
  reference!: string;

  @Index('payloads_by_age')
  @Column('timestamptz', { name: 'written_at', default: () => 'now()' })
  writtenAt!: Date;

  /** JSON, byte for byte. */
  @Column('text')
  content!: string;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that the processes over one database share. */
@Entity('secrets')
export class SecretEntity {
  @PrimaryColumn('text')
  name!: string;

  @PrimaryColumn('smallint')
  version!: number;

  @Column('bytea')
  key!: Buffer;
}

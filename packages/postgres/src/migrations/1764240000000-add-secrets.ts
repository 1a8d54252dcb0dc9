import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that the processes over one database share. A further version of a name becomes the one that signs; older ones still verify. */
export class AddSecrets1764240000000 implements MigrationInterface {
  readonly name = 'AddSecrets1764240000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create table secrets (name text, version smallint, key bytea not null, primary key (name, version))');
    await queryRunner.query('insert into secrets (name, version, key) values ($1, 1, $2)', ['activity-tokens', randomBytes(32)]);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table secrets');
  }
}

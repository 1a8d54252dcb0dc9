import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What workflows say of what may be sent to their runs: text, for `jsonb` takes less than JSON Schemas may hold. */
export class AddContracts1764260000000 implements MigrationInterface {
  readonly name = 'AddContracts1764260000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table definitions add column contract_digest text collate "C", add column contract text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table definitions drop column contract_digest, drop column contract');
  }
}

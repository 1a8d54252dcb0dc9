import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What code waits for and its history does not say. Rows that were written before say nothing until their run advances. */
export class AddCodeWaits1764230000000 implements MigrationInterface {
  readonly name = 'AddCodeWaits1764230000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table workflow_runs add column code_waits text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table workflow_runs drop column code_waits');
  }
}

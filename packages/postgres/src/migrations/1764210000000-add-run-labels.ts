import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Most runs have none: null costs nothing, and a long memo is kept beside the row. */
export class AddRunLabels1764210000000 implements MigrationInterface {
  readonly name = 'AddRunLabels1764210000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table workflow_runs add column status_text text, add column memo text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table workflow_runs drop column status_text, drop column memo');
  }
}

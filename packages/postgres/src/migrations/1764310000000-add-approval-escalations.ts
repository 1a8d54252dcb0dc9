import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When open approvals become another's, and whose. */
export class AddApprovalEscalations1764310000000 implements MigrationInterface {
  readonly name = 'AddApprovalEscalations1764310000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table approvals add column escalates_at timestamptz, add column escalates_to text collate "C"');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table approvals drop column escalates_at, drop column escalates_to');
  }
}

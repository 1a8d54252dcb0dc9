import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are asked and have not answered: written and removed by the commits that open and close it. */
export class AddApprovals1764250000000 implements MigrationInterface {
  readonly name = 'AddApprovals1764250000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table approvals (
      run_id uuid not null,
      activity_seq integer not null,
      namespace text collate "C" not null,
      title text not null,
      assignee text collate "C",
      opened_at timestamptz not null,
      deadline_at timestamptz,
      primary key (run_id, activity_seq)
    )`);
    await queryRunner.query('create index approvals_of_assignee on approvals (namespace, assignee, run_id, activity_seq)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table approvals');
  }
}

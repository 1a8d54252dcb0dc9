import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the open maps of runs have beside their histories: written and removed by the commits that advance them. */
export class AddMapRecords1764280000000 implements MigrationInterface {
  readonly name = 'AddMapRecords1764280000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table workflow_runs add column map_records integer');
    await queryRunner.query(`create table map_records (
      run_id uuid not null,
      n integer not null,
      map_seq integer not null,
      at timestamptz not null,
      data text not null,
      primary key (run_id, n)
    )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table map_records');
    await queryRunner.query('alter table workflow_runs drop column map_records');
  }
}

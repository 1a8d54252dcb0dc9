import type { MigrationInterface, QueryRunner } from 'typeorm';

// What a run is found by stands beside it: its own row is rewritten by every step, and no index of that has a column which users choose.
// `key` is an order over values of all types (see the core's `search-key`); of each attribute one row has the value as JSON, too.
// Runs that were started before have no rows here.
const statements = [
  `create table search_attributes (
     run_id uuid not null,
     name text collate "C" not null,
     key text collate "C" not null,
     value text,
     primary key (run_id, name, key)
   )`,
  'create index search_attributes_by_key on search_attributes (name, key, run_id)',
];

export class IndexSearchAttributes1764200000000 implements MigrationInterface {
  readonly name = 'IndexSearchAttributes1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table search_attributes');
  }
}

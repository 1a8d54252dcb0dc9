import type { MigrationInterface, QueryRunner } from 'typeorm';

// Who waits for limits and who holds places under them, written by the commits that put them in line and that end them; and what is
// known of each limit, which is locked by whoever lets somebody in.
const statements = [
  `create table limit_places (
     id bigint generated always as identity,
     run_id uuid not null,
     activity_seq integer not null,
     attempt integer not null,
     shard integer not null,
     namespace text collate "C" not null,
     name text collate "C" not null,
     partner text collate "C",
     limit_value integer not null,
     per_ms bigint,
     priority smallint not null,
     fairness_key text collate "C" not null,
     rank bigint not null,
     queued_at timestamptz not null default now(),
     admitted_at timestamptz,
     primary key (namespace, name, id)
   )`,
  'create index limit_places_of_run on limit_places (run_id, activity_seq)',
  'create index limit_places_in_line on limit_places (namespace, name, priority, rank, id) where admitted_at is null',
  'create index limit_places_by_turn on limit_places (namespace, name, priority, fairness_key, rank) where admitted_at is null',
  'create index limit_places_held on limit_places (namespace, name) where admitted_at is not null',
  `create table limits (
     namespace text collate "C" not null,
     name text collate "C" not null,
     limit_value integer not null,
     per_ms bigint,
     full_at_ms double precision not null default 0,
     primary key (name, namespace)
   )`,
  `alter table limit_places set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`,
];

export class AddLimits1764290000000 implements MigrationInterface {
  readonly name = 'AddLimits1764290000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table limits');
    await queryRunner.query('drop table limit_places');
  }
}

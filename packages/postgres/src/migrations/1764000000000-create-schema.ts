import type { MigrationInterface, QueryRunner } from 'typeorm';

// What every step rewrites is a small row, and no index has a column that a step changes: updates stay on their page (HOT),
// which has room for a second version of every row: one batch may step all of them.
// (That is why `closed_status` repeats `status`, which changes while a run is open.)
// Texts that hold JSON are `text`: `json` has a depth that it refuses, and fails the batch that it comes in.
// No foreign keys: every commit would pay for them, and histories, requests and outbox entries are written by joining what was updated.

const tables = [
  `create table workflow_runs (
     run_id uuid primary key,
     first_run_id uuid not null,
     started_at timestamptz not null,
     closed_at timestamptz,
     next_wakeup_at timestamptz,
     shard integer not null,
     last_seq integer not null,
     requests_accepted integer not null default 0,
     status smallint not null,
     closed_status smallint,
     wake_causes smallint not null,
     namespace text collate "C" not null,
     workflow_id text collate "C" not null,
     workflow text collate "C" not null,
     task_queue text collate "C" not null,
     start_key text collate "C",
     start_fingerprint text collate "C",
     awaited_signals text
   ) with (fillfactor = 50)`,
  `create table history_events (
     run_id uuid not null,
     seq integer not null,
     type smallint not null,
     at timestamptz not null,
     data text,
     payload text,
     primary key (run_id, seq)
   )`,
  `create table outbox (
     id bigint generated always as identity primary key,
     created_at timestamptz not null default now(),
     claimed_until timestamptz,
     source text not null,
     runs json not null
   )`,
  `create table shards (
     id integer generated always as identity primary key,
     epoch integer not null default 0,
     partition integer not null,
     task_queue text collate "C" not null,
     owner text,
     unique (task_queue, partition)
   )`,
  `create table run_requests (
     run_id uuid not null,
     n integer not null,
     shard integer not null,
     kind smallint not null,
     created_at timestamptz not null default now(),
     data text,
     payload text,
     primary key (run_id, n)
   )`,
  `create table request_keys (
     first_run_id uuid not null,
     run_id uuid not null,
     key text collate "C" not null,
     primary key (first_run_id, key)
   )`,
  `create table definitions (
     task_queue text collate "C" not null,
     workflow text collate "C" not null,
     build text not null,
     registered_at timestamptz not null default now(),
     primary key (task_queue, workflow)
   )`,
  `create table activity_heartbeats (
     run_id uuid not null,
     activity_seq integer not null,
     attempt integer not null,
     details text not null,
     primary key (run_id, activity_seq)
   )`,
];

const indexes = [
  'create unique index workflow_runs_open on workflow_runs (namespace, workflow_id) where closed_at is null',
  'create unique index workflow_runs_start_key on workflow_runs (namespace, start_key) where start_key is not null',
  'create index workflow_runs_by_workflow_id on workflow_runs (namespace, workflow_id, run_id)',
  'create index workflow_runs_newest on workflow_runs (namespace, run_id)',
  'create index workflow_runs_closed on workflow_runs (namespace, closed_status, run_id) where closed_status is not null',
  'create index workflow_runs_wake_ups on workflow_runs (shard, next_wakeup_at) where closed_at is null',
  'create index workflow_runs_of_shard on workflow_runs (shard, run_id) where closed_at is null',
  'create index run_requests_waiting on run_requests (shard, created_at)',
];

// These tables are nearly empty and turn over all the time: a share of their size would never, or always, be reached.
const vacuuming = ['outbox', 'run_requests'].map(
  (table) =>
    `alter table ${table} set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)`,
);

export class CreateSchema1764000000000 implements MigrationInterface {
  readonly name = 'CreateSchema1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...indexes, ...vacuuming]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of [
      'activity_heartbeats',
      'definitions',
      'request_keys',
      'run_requests',
      'shards',
      'outbox',
      'history_events',
      'workflow_runs',
    ]) {
      await queryRunner.query(`drop table ${table}`);
    }
  }
}

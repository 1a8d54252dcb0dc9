import type { MigrationInterface, QueryRunner } from 'typeorm';

// Each index of open runs has a condition of its own: while the planner believes that few runs are open, all of them look equally cheap
// to read from end to end, and a statement must not find itself on one that is not meant for it.
const apart = [
  'create index workflow_runs_wake_ups on workflow_runs (shard, next_wakeup_at) where next_wakeup_at is not null',
  'create index workflow_runs_of_shard on workflow_runs (shard, run_id) where closed_status is null',
];
const alike = [
  'create index workflow_runs_wake_ups on workflow_runs (shard, next_wakeup_at) where closed_at is null',
  'create index workflow_runs_of_shard on workflow_runs (shard, run_id) where closed_at is null',
];

/** The unique index of open workflow ids keeps `closed_at is null` to itself. */
export class TellIndexesOfOpenRunsApart1764320000000 implements MigrationInterface {
  readonly name = 'TellIndexesOfOpenRunsApart1764320000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replaceIndexes(queryRunner, apart);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceIndexes(queryRunner, alike);
  }
}

async function replaceIndexes(queryRunner: QueryRunner, indexes: readonly string[]): Promise<void> {
  await queryRunner.query('drop index workflow_runs_wake_ups, workflow_runs_of_shard');
  for (const index of indexes) await queryRunner.query(index);
}

import type { CorrectedWakeUp, OwnedShard } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant } from './instants.js';

// Fenced like a commit: by the shard's epoch, and by what the owner saw of the run.
const statement: Statement = {
  name: 'correct_wake_ups',
  isWrite: true,
  text: `
    with proved as materialized (
      select id from shards join unnest($1::int[], $2::int[]) as p (shard, epoch) on shards.id = p.shard and shards.epoch = p.epoch
       order by id for share of shards
    )
    update workflow_runs w set next_wakeup_at = ${instant('x.wakes_at')}
      from unnest($3::uuid[], $4::int[], $5::float8[]) as x (run_id, last_seq, wakes_at)
     where w.run_id = x.run_id and w.last_seq = x.last_seq and w.closed_at is null
       and w.shard = any ((select array_agg(id) from proved)::int[])`,
};

export async function correctWakeUps(
  executor: Executor,
  shards: readonly OwnedShard[],
  wakeUps: readonly CorrectedWakeUp[],
): Promise<void> {
  const sorted = wakeUps.toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  await executor.query(statement, [
    shards.map(({ id }) => id),
    shards.map(({ epoch }) => epoch),
    sorted.map(({ runId }) => runId),
    sorted.map(({ lastSeq }) => lastSeq),
    sorted.map(({ atMs }) => atMs),
  ]);
}

import type { CorrectedWakeUp, OwnedShard } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant } from './instants.js';
import { isOpen } from './open-run.js';

// Fenced like a commit: by the shard's epoch, and by what the owner saw of the run.
const statement: Statement = {
  name: 'correct_wake_ups',
  isWrite: true,
  text: `
    with proved as materialized (
      select id from shards join unnest($1::int[], $2::int[]) as p (shard, epoch) on shards.id = p.shard and shards.epoch = p.epoch
       order by id for share of shards
    ), locked as materialized (
      select run_id from workflow_runs where run_id = any ($3::uuid[]) and ${isOpen} order by run_id for no key update
    )
    update workflow_runs w set next_wakeup_at = ${instant('x.wakes_at')}
      from unnest($3::uuid[], $4::int[], $5::int[], $6::float8[]) as x (run_id, last_seq, map_records, wakes_at)
     where w.run_id = x.run_id and w.last_seq = x.last_seq and coalesce(w.map_records, 0) = x.map_records
       and (w.run_id in (select run_id from locked)) is true
       and (w.shard in (select id from proved)) is true`,
};

export async function correctWakeUps(
  executor: Executor,
  shards: readonly OwnedShard[],
  wakeUps: readonly CorrectedWakeUp[],
): Promise<void> {
  await executor.query(statement, [
    shards.map(({ id }) => id),
    shards.map(({ epoch }) => epoch),
    wakeUps.map(({ runId }) => runId),
    wakeUps.map(({ lastSeq }) => lastSeq),
    wakeUps.map(({ lastMapRecord = 0 }) => lastMapRecord),
    wakeUps.map(({ atMs }) => atMs),
  ]);
}

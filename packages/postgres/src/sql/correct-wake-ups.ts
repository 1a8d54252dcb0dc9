import type { CorrectedWakeUp, OwnedShard } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { isFenced, locked, proved } from './fence.js';
import { instant } from './instants.js';

// Fenced like a commit: by the shard's epoch, and by what the owner saw of the run.
const statement: Statement = {
  name: 'correct_wake_ups',
  isWrite: true,
  text: `
    with ${proved}, ${locked}
    update workflow_runs w set next_wakeup_at = ${instant('x.wakes_at')}
      from unnest($3::uuid[], $4::int[], $5::int[], $6::float8[]) as x (run_id, last_seq, map_records, wakes_at)
     where w.run_id = x.run_id and w.last_seq = x.last_seq and coalesce(w.map_records, 0) = x.map_records
       and ${isFenced}`,
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

import type { OwnedShard, SavedHeartbeat } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { proved } from './fence.js';
import { isOpen } from './open-run.js';

// Locking the run's row keeps a run that closes meanwhile from leaving heartbeats behind that nobody would delete.
const statement: Statement = {
  name: 'save_heartbeats',
  isWrite: true,
  text: `
    with ${proved}, open as materialized (
      select run_id from workflow_runs
       where run_id = any ($3::uuid[]) and ${isOpen} and (shard in (select id from proved)) is true
       order by run_id for share
    )
    insert into activity_heartbeats (run_id, activity_seq, attempt, details)
    select x.run_id, x.activity_seq, x.attempt, x.details
      from unnest($3::uuid[], $4::int[], $5::int[], $6::text[]) as x (run_id, activity_seq, attempt, details) join open using (run_id)
    on conflict (run_id, activity_seq) do update set attempt = excluded.attempt, details = excluded.details
     where excluded.attempt >= activity_heartbeats.attempt`,
};

/** Of an activity there is at most one heartbeat in a call; one of an attempt before that of the stored one comes too late. */
export async function saveHeartbeats(
  executor: Executor,
  shards: readonly OwnedShard[],
  heartbeats: readonly SavedHeartbeat[],
): Promise<void> {
  await executor.query(statement, [
    shards.map(({ id }) => id),
    shards.map(({ epoch }) => epoch),
    heartbeats.map(({ runId }) => runId),
    heartbeats.map(({ activitySeq }) => activitySeq),
    heartbeats.map(({ attempt }) => attempt),
    heartbeats.map(({ details }) => details),
  ]);
}

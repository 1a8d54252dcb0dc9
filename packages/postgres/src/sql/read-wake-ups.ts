import type { ShardId, WakeUp } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant, msOf } from './instants.js';

// Each shard's own range of the index is read from its beginning: what sleeps on costs nothing.
const statement: Statement = {
  name: 'read_wake_ups',
  text: `
    select w.run_id as "runId", s.shard, ${msOf('w.next_wakeup_at')} as "atMs"
      from unnest($1::int[]) as s (shard)
     cross join lateral (
       select run_id, next_wakeup_at from workflow_runs
        where shard = s.shard and next_wakeup_at <= ${instant('$2::float8')}
        order by next_wakeup_at limit $3) w
     order by w.next_wakeup_at limit $3`,
};

export function readWakeUps(executor: Executor, shards: readonly ShardId[], untilMs: number, limit: number): Promise<readonly WakeUp[]> {
  return executor.query<WakeUp>(statement, [shards, untilMs, limit]);
}

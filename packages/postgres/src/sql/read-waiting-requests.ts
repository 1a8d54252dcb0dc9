import type { RunId, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'read_waiting_requests',
  text: `
    select q.run_id as "runId", s.shard
      from unnest($1::int[]) as s (shard)
     cross join lateral (
       select run_id, n, created_at from run_requests
        where shard = s.shard and created_at <= now() - $2::float8 * interval '1 ms'
        order by created_at limit $3) q
     order by q.created_at, q.run_id, q.n limit $3`,
};

export interface WaitingRow {
  readonly runId: RunId;
  readonly shard: ShardId;
}

export async function readWaitingRequests(
  executor: Executor,
  shards: readonly ShardId[],
  olderThanMs: number,
  limit: number,
): Promise<readonly WaitingRow[]> {
  return executor.query<WaitingRow>(statement, [shards, olderThanMs, limit]);
}

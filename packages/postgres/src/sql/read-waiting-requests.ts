import type { PendingRequest, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { fromRequestRow, type RequestRow } from './request-row.js';

const statement: Statement = {
  name: 'read_waiting_requests',
  text: `
    select q.run_id as "runId", q.n, s.shard, q.kind, q.data, q.payload
      from unnest($1::int[]) as s (shard)
     cross join lateral (
       select * from run_requests
        where shard = s.shard and created_at <= now() - $2::float8 * interval '1 ms'
        order by created_at limit $3) q
     order by q.created_at, q.run_id, q.n limit $3`,
};

export async function readWaitingRequests(
  executor: Executor,
  shards: readonly ShardId[],
  olderThanMs: number,
  limit: number,
): Promise<readonly PendingRequest[]> {
  return (await executor.query<RequestRow>(statement, [shards, olderThanMs, limit])).map(fromRequestRow);
}

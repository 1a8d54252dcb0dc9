import type { RunId, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const beforeAll = '00000000-0000-0000-0000-000000000000';

const statement: Statement = {
  name: 'read_runs_waiting_for',
  text: `
    select w.run_id as "runId", s.shard
      from unnest($1::int[]) as s (shard)
     cross join lateral (
       select run_id from workflow_runs
        where shard = s.shard and run_id > $3::uuid and closed_status is null and wake_causes & $2::int <> 0
        order by run_id limit $4) w
     order by w.run_id limit $4`,
};

export function readRunsWaitingFor(
  executor: Executor,
  shards: readonly ShardId[],
  causes: number,
  afterRunId: RunId | undefined,
  limit: number,
): Promise<readonly { readonly runId: RunId; readonly shard: ShardId }[]> {
  return executor.query(statement, [shards, causes, afterRunId ?? beforeAll, limit]);
}

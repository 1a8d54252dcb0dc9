import type { AuditedRun, RunId, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant } from './instants.js';

const beforeAll = '00000000-0000-0000-0000-000000000000';

const statement: Statement = {
  name: 'read_runs_to_audit',
  text: `
    select w.run_id as "runId", s.shard, w.wake_causes as "wakeCauses"
      from unnest($1::int[]) as s (shard)
     cross join lateral (
       select run_id, wake_causes from workflow_runs
        where shard = s.shard and run_id > $4::uuid and closed_at is null and started_at < ${instant('$3::float8')}
          and (wake_causes & $2::int <> 0 or wake_causes = 0)
        order by run_id limit $5) w
     order by w.run_id limit $5`,
};

export function readRunsToAudit(
  executor: Executor,
  shards: readonly ShardId[],
  causes: number,
  startedBeforeMs: number,
  afterRunId: RunId | undefined,
  limit: number,
): Promise<readonly AuditedRun[]> {
  return executor.query(statement, [shards, causes, startedBeforeMs, afterRunId ?? beforeAll, limit]);
}

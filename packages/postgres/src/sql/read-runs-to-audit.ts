import type { AuditedRun, AuditPage, AuditQuery } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant } from './instants.js';

const beforeAll = '00000000-0000-0000-0000-000000000000';
/** Runs that sleep are passed over by reading their rows: so many, of all shards together, take the database some milliseconds. */
const lookedMax = 5_000;
const lookedPerShardMin = 100;

// A shard that has more than its share ends the reading at the last run of it that was looked at: the next one goes on behind that.
// It comes along, whether or not it is one to audit.
const statement: Statement = {
  name: 'read_runs_to_audit',
  text: `
    with looked as materialized (
      select w.run_id, s.shard, w.wake_causes, w.i,
             w.started_at < ${instant('$3::float8')} and (w.wake_causes & $2::int <> 0 or w.wake_causes = 0) as is_audited
        from unnest($1::int[]) as s (shard)
       cross join lateral (
         select run_id, wake_causes, started_at, row_number() over (order by run_id) as i from workflow_runs
          where shard = s.shard and run_id > $4::uuid and closed_status is null
          order by run_id limit $6::int) w
    ), last as (
      select run_id from looked where i = $6::int order by run_id limit 1
    )
    select run_id as "runId", shard, wake_causes as "wakeCauses", is_audited as "isAudited",
           (run_id = (select run_id from last)) is true as "isLast"
      from looked
     where (run_id > (select run_id from last)) is not true and (is_audited or run_id = (select run_id from last))
     order by run_id limit $5`,
};

type Row = AuditedRun & { readonly isAudited: boolean; readonly isLast: boolean };

export async function readRunsToAudit(executor: Executor, query: AuditQuery): Promise<AuditPage> {
  const { shards, causes, startedBeforeMs, afterRunId, limit } = query;
  const perShard = Math.max(Math.ceil(lookedMax / Math.max(shards.length, 1)), lookedPerShardMin);
  const rows = await executor.query<Row>(statement, [shards, causes, startedBeforeMs, afterRunId ?? beforeAll, limit, perShard]);
  const last = rows.at(-1);
  const isMore = last !== undefined && (rows.length === limit || last.isLast);
  const runs = rows.flatMap(({ runId, shard, wakeCauses, isAudited }) => (isAudited ? [{ runId, shard, wakeCauses }] : []));
  return { runs, after: isMore ? last.runId : undefined };
}

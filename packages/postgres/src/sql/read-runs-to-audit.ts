import type { AuditedRun, AuditPage, AuditQuery } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { instant } from './instants.js';

const beforeAll = '00000000-0000-0000-0000-000000000000';
/** Runs that sleep are passed over by reading their rows: so many take the database some milliseconds. */
const lookedMax = 5_000;

// The last run that was looked at comes along, whether or not it is one to audit: the next reading goes on behind it.
const statement: Statement = {
  name: 'read_runs_to_audit',
  text: `
    with looked as materialized (
      select w.run_id, s.shard, w.wake_causes, w.started_at
        from unnest($1::int[]) as s (shard)
       cross join lateral (
         select run_id, wake_causes, started_at from workflow_runs
          where shard = s.shard and run_id > $4::uuid and closed_at is null
          order by run_id limit ${lookedMax}) w
       order by w.run_id limit ${lookedMax}
    ), last as (
      select run_id from looked order by run_id desc limit 1
    )
    select l.run_id as "runId", l.shard, l.wake_causes as "wakeCauses", (select count(*)::int from looked) as looked,
           (l.started_at < ${instant('$3::float8')} and (l.wake_causes & $2::int <> 0 or l.wake_causes = 0)) as "isAudited"
      from looked l
     where l.started_at < ${instant('$3::float8')} and (l.wake_causes & $2::int <> 0 or l.wake_causes = 0) or l.run_id = (select run_id from last)
     order by l.run_id limit $5`,
};

type Row = AuditedRun & { readonly looked: number; readonly isAudited: boolean };

export async function readRunsToAudit(executor: Executor, query: AuditQuery): Promise<AuditPage> {
  const { shards, causes, startedBeforeMs, afterRunId, limit } = query;
  const rows = await executor.query<Row>(statement, [shards, causes, startedBeforeMs, afterRunId ?? beforeAll, limit]);
  const last = rows.at(-1);
  const isMore = last !== undefined && (rows.length === limit || last.looked === lookedMax);
  const runs = rows.flatMap(({ runId, shard, wakeCauses, isAudited }) => (isAudited ? [{ runId, shard, wakeCauses }] : []));
  return { runs, after: isMore ? last.runId : undefined };
}

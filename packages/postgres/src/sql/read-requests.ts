import { type PendingRequest, type RequestBound, type RunId, type RunTaken, requestBound, type WaitingRequests } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { fromRequestRow, type RequestRow } from './request-row.js';

// How long a text is stands beside it: none is read for that.
//   weighed  what waits, the first of each run before the second of any, with how many requests and bytes there are up to each; of a run no
//            more than fit, and one, which says that there are others.
const statement: Statement = {
  name: 'read_requests',
  text: `
    with weighed as materialized (
      select q.run_id, q.n, a.i, row_number() over w as requests, sum(q.bytes) over w as bytes
        from unnest($1::uuid[], $2::int[]) with ordinality as a (run_id, taken, i)
       cross join lateral (
         select run_id, n, row_number() over (order by n) as place, coalesce(octet_length(data), 0) + coalesce(octet_length(payload), 0) as bytes
           from run_requests where run_id = a.run_id and n > a.taken order by n limit $3::int + 1) q
      window w as (order by q.place, a.i)
    ), chosen as materialized (
      select run_id, n, i from weighed where requests = 1 or (requests <= $3 and bytes <= $4)
    )
    select c.i, r.run_id as "runId", r.n, r.shard, r.kind, r.data, r.payload
      from chosen c cross join lateral (select * from run_requests where run_id = c.run_id and n = c.n offset 0) r
     union all
    select i, run_id, null, null, null, null, null
      from (select i, run_id from weighed group by i, run_id having count(*) > (select count(*) from chosen c where c.run_id = weighed.run_id)) l
     order by 1, n`,
};

interface LeftRow {
  readonly runId: RunId;
  readonly n: null;
}

export async function readRequests(
  executor: Executor,
  runs: readonly RunTaken[],
  { requests, bytes }: RequestBound = requestBound,
): Promise<WaitingRequests> {
  const ids = runs.map(({ runId }) => runId);
  const taken = runs.map((run) => run.taken);
  const rows = await executor.query<RequestRow | LeftRow>(statement, [ids, taken, requests, bytes]);
  const read: PendingRequest[] = [];
  const left = new Set<RunId>();
  for (const row of rows) {
    if (row.n === null) left.add(row.runId);
    else read.push(fromRequestRow(row));
  }
  return { requests: read, left };
}

import type { RequestIntake, RunId, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { isOpen } from './open-run.js';
import { toRequestColumns } from './request-row.js';

// Numbers the requests to each open run under the lock of its row:
//   found     by a step in the index of open runs for each workflow id, whatever the plan was made for.
//   open      the counter as it is under the lock; locked in the order of run ids, as commits do: the gateway that asks cannot sort by ids that it does not know.
//   used      keys go in under that lock and before the counter moves: a known key must not burn a number, or its run could never close.
//   accepted  what has no key, or the first item with a key that was unknown.
// What comes back with nothing has no open run, or a known key.
const toStatement = (name: string, relaxed = ''): Statement => ({
  name,
  isWrite: true,
  text: `
    with x as (
      select * from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::uuid[])
                      with ordinality as x (namespace, workflow_id, run_id, key, kind, data, payload, fingerprint, first_run_id, i)
    ), found as materialized (
      select w.run_id
        from (select distinct namespace, workflow_id from x) asked
       cross join lateral (
         select run_id from workflow_runs
          where namespace = asked.namespace and workflow_id = asked.workflow_id and closed_at is null offset 0) w
    ), open as materialized (
      select run_id, first_run_id, shard, namespace, workflow_id, requests_accepted
        from workflow_runs where run_id = any (array(select run_id from found)) and ${isOpen}
       order by run_id for update
    ), addressed as materialized (
      select x.i, x.key, x.fingerprint, x.kind, x.data, x.payload, open.run_id, open.first_run_id, open.shard, open.requests_accepted,
             row_number() over (partition by open.run_id, x.key order by x.i) as use
        from x join open using (namespace, workflow_id)
       where (x.run_id is null or x.run_id = open.run_id) and (x.first_run_id is null or x.first_run_id = open.first_run_id)
    ), used as (
      insert into request_keys (first_run_id, key, run_id, fingerprint)
      select first_run_id, key, run_id, fingerprint from addressed where key is not null and use = 1
      on conflict do nothing
      returning first_run_id, key
    ), accepted as materialized (
      select i, run_id, shard, kind, data, payload, requests_accepted + row_number() over (partition by run_id order by i)::int as n
        from addressed
       where key is null or (use = 1 and (first_run_id, key) in (select first_run_id, key from used))
    ), counted as (
      update workflow_runs w set requests_accepted = g.n
        from (select run_id, max(n) as n from accepted group by run_id) g
       where w.run_id = g.run_id
    ), stored as (
      insert into run_requests (run_id, n, shard, kind, data, payload)
      select run_id, n, shard, kind, data, payload from accepted
    )
    select i::int, run_id as "runId", shard, n from accepted${relaxed}`,
});

// The same for one that comes alone, as most do: without the orders and windows that many need, in half the time.
const toStatementOfOne = (name: string, relaxed = ''): Statement => ({
  name,
  isWrite: true,
  text: `
    with open as materialized (
      select run_id, first_run_id, shard, requests_accepted from workflow_runs
       where namespace = $1 and workflow_id = $2 and closed_at is null
         and ($3::uuid is null or run_id = $3) and ($9::uuid is null or first_run_id = $9)
         for update
    ), used as (
      insert into request_keys (first_run_id, key, run_id, fingerprint)
      select first_run_id, $4, run_id, $8 from open where $4::text is not null
      on conflict do nothing
      returning key
    ), accepted as materialized (
      select run_id, shard, requests_accepted + 1 as n from open where $4::text is null or exists (select from used)
    ), counted as (
      update workflow_runs w set requests_accepted = a.n from accepted a where w.run_id = a.run_id
    ), stored as (
      insert into run_requests (run_id, n, shard, kind, data, payload)
      select run_id, n, shard, $5, $6, $7 from accepted
    )
    select 1 as i, run_id as "runId", shard, n from accepted${relaxed}`,
});

// Not waited for until it is on disk, which is nearly all that it takes: what depends on it is committed later, and the log of the
// database is written in its order.
const relaxed = ` cross join set_config('synchronous_commit', 'off', true)`;
const statements = {
  one: { durable: toStatementOfOne('accept_request'), provisional: toStatementOfOne('accept_request_provisionally', relaxed) },
  many: { durable: toStatement('accept_requests'), provisional: toStatement('accept_requests_provisionally', relaxed) },
};

export interface AcceptedRequest {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly n: number;
}

/** In the order of `requests`; `undefined` for those that were not accepted. */
export async function acceptRequests(
  executor: Executor,
  requests: readonly RequestIntake[],
): Promise<readonly (AcceptedRequest | undefined)[]> {
  const requestColumns = requests.map(({ request }) => toRequestColumns(request));
  const columns: readonly (readonly unknown[])[] = [
    requests.map(({ namespace }) => namespace),
    requests.map(({ workflowId }) => workflowId),
    requests.map(({ runId }) => runId),
    requests.map(({ idempotencyKey }) => idempotencyKey),
    requestColumns.map(({ kind }) => kind),
    requestColumns.map(({ data }) => data),
    requestColumns.map(({ payload }) => payload),
    requests.map(({ fingerprint }) => fingerprint),
    requests.map(({ firstRunId }) => firstRunId),
  ];
  const kind = requests.every(({ isProvisional }) => isProvisional) ? 'provisional' : 'durable';
  const isOne = requests.length === 1;
  const rows = await executor.query<AcceptedRequest & { readonly i: number }>(
    statements[isOne ? 'one' : 'many'][kind],
    isOne ? columns.map(([value]) => value) : columns,
  );
  const accepted = new Map(rows.map((row) => [row.i, row]));
  return requests.map((_, i) => accepted.get(i + 1));
}

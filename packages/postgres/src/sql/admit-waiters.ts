import type { LimitName, LimitState, PendingRequest } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { isOpen } from './open-run.js';
import type { WaiterRow } from './read-waiters.js';
import { fromRequestRow, type RequestRow, toRequestColumns } from './request-row.js';

// Runs are locked before their places, as commits do. Who has left the line meanwhile, or whose run has closed, is not let in.
//   held     places under limits of concurrency are kept
//   spent    a token is gone: nothing is kept of who got it
//   stored   the owner is told by a request, in line with the others of the run
const admitted: Statement = {
  name: 'admit_waiters',
  isWrite: true,
  text: `
    with x as (
      select * from unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::text[]) as x (run_id, activity_seq, attempt, kind, data)
    ), locked as materialized (
      select run_id, shard, requests_accepted from workflow_runs
       where run_id = any ($1) and ${isOpen} order by run_id for no key update
    ), held as (
      update limit_places p set admitted_at = clock_timestamp()
        from x
       where p.run_id = x.run_id and p.activity_seq = x.activity_seq and p.attempt = x.attempt and p.admitted_at is null and p.per_ms is null
         and (p.run_id in (select run_id from locked)) is true
      returning p.run_id, p.activity_seq
    ), spent as (
      delete from limit_places p using x
       where p.run_id = x.run_id and p.activity_seq = x.activity_seq and p.attempt = x.attempt and p.admitted_at is null and p.per_ms is not null
         and (p.run_id in (select run_id from locked)) is true
      returning p.run_id, p.activity_seq
    ), let_in as (
      select run_id, activity_seq from held union select run_id, activity_seq from spent
    ), numbered as materialized (
      select l.run_id, l.shard, x.kind, x.data, l.requests_accepted + row_number() over (partition by l.run_id order by x.activity_seq)::int as n
        from let_in join locked l using (run_id) join x using (run_id, activity_seq)
    ), counted as (
      update workflow_runs w set requests_accepted = g.n
        from (select run_id, max(n) as n from numbered group by run_id) g
       where w.run_id = g.run_id
    ), stored as (
      insert into run_requests (run_id, n, shard, kind, data) select run_id, n, shard, kind, data from numbered
    )
    select run_id as "runId", n, shard, kind, data, null as payload from numbered`,
};

/** Writes down who is let in; gives the requests by which their runs are told. */
export async function admitWaiters(executor: Executor, waiters: readonly WaiterRow[]): Promise<readonly PendingRequest[]> {
  const columns = waiters.map(({ activitySeq, attempt }) =>
    toRequestColumns(activitySeq === 0 ? { kind: 'admit-run' } : { kind: 'admit-activity', activitySeq, attempt }),
  );
  const rows = await executor.query<RequestRow>(admitted, [
    waiters.map(({ runId }) => runId),
    waiters.map(({ activitySeq }) => activitySeq),
    waiters.map(({ attempt }) => attempt),
    columns.map(({ kind }) => kind),
    columns.map(({ data }) => data),
  ]);
  return rows.map(fromRequestRow);
}

const saved: Statement = {
  name: 'save_limits',
  isWrite: true,
  text: `
    update limits l set limit_value = x.limit_value, per_ms = x.per_ms, full_at_ms = x.full_at_ms
      from unnest($2::text[], $3::int[], $4::bigint[], $5::float8[]) as x (name, limit_value, per_ms, full_at_ms)
     where l.namespace = $1 and l.name = x.name`,
};

/** As they stand from now on. */
export async function saveLimits(executor: Executor, namespace: string, limits: readonly LimitState[]): Promise<void> {
  await executor.query(saved, [
    namespace,
    limits.map(({ name }): LimitName => name),
    limits.map(({ limit }) => limit),
    limits.map(({ perMs }) => perMs ?? null),
    limits.map(({ fullAtMs }) => fullAtMs),
  ]);
}

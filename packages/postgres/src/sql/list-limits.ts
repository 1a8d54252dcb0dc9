import { type AwaitedLimit, awaitedLimitsMax, countedMax, type LimitQuery, type LimitRow, type RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

const columns = `
    l.limit_value as "limit", l.per_ms::float8 as "perMs", line.waiting,
    case when l.per_ms is null then (select count(*) from limit_places h
           where h.namespace = l.namespace and h.name = l.name and h.admitted_at is not null) else 0 end::int as "inFlight",
    line.since as "oldestWaitingSinceMs",
    case when l.per_ms is not null and line.waiting > 0
          and l.full_at_ms + l.per_ms::float8 / l.limit_value - l.per_ms > date_part('epoch', clock_timestamp()) * 1000
         then ceil(l.full_at_ms + l.per_ms::float8 / l.limit_value - l.per_ms) end as "nextTokenAtMs"`;

// One line may be as long as all the others: no more of it is counted than is said.
const lined = `
    cross join lateral (
      select count(*)::int as waiting, ${msOf('min(queued_at)')} as since
        from (select queued_at from limit_places p
               where p.namespace = l.namespace and p.name = l.name and p.admitted_at is null limit ${countedMax}) p) line`;

const statement: Statement = {
  name: 'list_limits',
  text: `
    select l.name, ${columns} from limits l ${lined}
     where l.namespace = $1 and ($2::text is null or l.name > $2)
     order by l.name limit $3`,
};

const ofRun: Statement = {
  name: 'read_limits_of_run',
  text: `
    select m.name, ${columns}, m.activity_seq as place, m.attempt, ${msOf('m.queued_at')} as "sinceMs",
           (select count(*)::int from (
              select from limit_places a
               where a.namespace = m.namespace and a.name = m.name and a.admitted_at is null
                 and (a.priority, a.rank, a.id) < (m.priority, m.rank, m.id) limit ${countedMax}) a) as ahead
      from (select * from limit_places where run_id = $1 and admitted_at is null order by activity_seq, name limit ${awaitedLimitsMax}) m
      cross join lateral (
        select m.namespace, m.name, coalesce(k.limit_value, m.limit_value) as limit_value, m.per_ms, coalesce(k.full_at_ms, 0) as full_at_ms
          from (select) one left join limits k on k.namespace = m.namespace and k.name = m.name) l ${lined}`,
};

type Row = Omit<LimitRow, 'perMs' | 'oldestWaitingSinceMs' | 'nextTokenAtMs'> & {
  readonly perMs: number | null;
  readonly oldestWaitingSinceMs: number | null;
  readonly nextTokenAtMs: number | null;
};

const toRow = <R extends Row>({ perMs, oldestWaitingSinceMs, nextTokenAtMs, ...row }: R) => ({
  ...row,
  perMs: perMs ?? undefined,
  oldestWaitingSinceMs: oldestWaitingSinceMs ?? undefined,
  nextTokenAtMs: nextTokenAtMs ?? undefined,
});

export async function listLimits(executor: Executor, { namespace, after, limit }: LimitQuery): Promise<readonly LimitRow[]> {
  const rows = await executor.query<Row>(statement, [namespace, after ?? null, limit]);
  return rows.map(toRow);
}

export async function readLimitsOfRun(executor: Executor, runId: RunId): Promise<readonly AwaitedLimit[]> {
  const rows = await executor.query<Row & Pick<AwaitedLimit, 'place' | 'attempt' | 'sinceMs' | 'ahead'>>(ofRun, [runId]);
  return rows.map(toRow);
}

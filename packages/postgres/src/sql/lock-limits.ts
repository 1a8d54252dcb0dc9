import type { LimitName, LimitState } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// Limits that somebody waits for and nobody has looked at. Two looks that overlap insert them in one order. From one namespace to the next
// by an index, and in each to the last place of each name: lines are long.
const inserted: Statement = {
  name: 'insert_limits',
  isWrite: true,
  text: `
    with recursive known (namespace) as (
      (select namespace from limit_places order by namespace limit 1)
      union all
      select n.namespace from known k
       cross join lateral (select namespace from limit_places where namespace > k.namespace order by namespace limit 1) n
    )
    insert into limits (namespace, name, limit_value, per_ms)
    select k.namespace, x.name, s.limit_value, s.per_ms
      from known k cross join unnest($1::text[]) as x (name)
     cross join lateral (
       select limit_value, per_ms from limit_places p
        where p.namespace = k.namespace and p.name = x.name order by id desc limit 1) s
     order by k.namespace, x.name
    on conflict do nothing`,
};

const locked: Statement = {
  name: 'lock_limits',
  isWrite: true,
  text: 'select from limits where name = any ($1) order by namespace, name for update',
};

// A statement of its own: what was committed while the locks were waited for is seen by a new snapshot only.
const statement: Statement = {
  name: 'read_locked_limits',
  text: `
    select l.namespace, l.name, coalesce(s.limit_value, l.limit_value) as "limit",
           (case when s.limit_value is null then l.per_ms else s.per_ms end)::float8 as "perMs",
           (select count(*) from limit_places h
             where h.namespace = l.namespace and h.name = l.name and h.admitted_at is not null)::int as "inFlight",
           l.full_at_ms as "fullAtMs", date_part('epoch', clock_timestamp()) * 1000 as "nowMs"
      from limits l
      left join lateral (
        select limit_value, per_ms from limit_places p
         where p.namespace = l.namespace and p.name = l.name order by id desc limit 1) s on true
     where l.name = any ($1)`,
};

interface Row extends Omit<LimitState, 'perMs'> {
  readonly namespace: string;
  readonly perMs: number | null;
  readonly nowMs: number;
}

/** Those that are not known yet, from who waits for them. */
export async function insertLimits(executor: Executor, names: readonly LimitName[]): Promise<void> {
  await executor.query(inserted, [names]);
}

/** Locks them until the transaction ends; gives them as they are then, by namespace. What was stated last counts. */
export async function lockLimits(
  executor: Executor,
  names: readonly LimitName[],
): Promise<{ readonly limits: ReadonlyMap<string, readonly LimitState[]>; readonly nowMs: number }> {
  await executor.query(locked, [names]);
  const rows = await executor.query<Row>(statement, [names]);
  const limits = Map.groupBy(
    rows.map((row) => ({ ...row, perMs: row.perMs ?? undefined })),
    ({ namespace }) => namespace,
  );
  return { limits, nowMs: Math.floor(rows[0]?.nowMs ?? 0) };
}

import type { LimitName, OpenLimits } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// From one namespace to the next, and in each from one limit to the next, by an index: whatever the lengths of the lines, and no further
// than what is asked for, of thousands of limits. Then whether these have room, as they were stated last: see `isOpen`.
const statement: Statement = {
  name: 'read_open_limits',
  text: `
    with recursive known (namespace) as (
      (select namespace from limit_places where admitted_at is null order by namespace limit 1)
      union all
      select n.namespace from known k
       cross join lateral (
         select namespace from limit_places where admitted_at is null and namespace > k.namespace order by namespace limit 1) n
    )
    select a.name, bool_or(r.is_open) as "isOpen"
      from known k
     cross join lateral (
       with recursive awaited (name) as (
         (select name from limit_places
           where admitted_at is null and namespace = k.namespace and name > coalesce($1::text, '') order by name limit 1)
         union all
         select n.name from awaited w
          cross join lateral (
            select name from limit_places
             where admitted_at is null and namespace = k.namespace and name > w.name order by name limit 1) n
       )
       select name from awaited limit $2) a
     cross join lateral (
       select limit_value, per_ms, date_part('epoch', statement_timestamp()) * 1000 as now_ms
         from limit_places p where p.namespace = k.namespace and p.name = a.name order by id desc limit 1) s
      left join limits l on l.namespace = k.namespace and l.name = a.name
     cross join lateral (
       select case when s.per_ms is not null
                then coalesce(l.full_at_ms + s.per_ms::float8 / s.limit_value - s.per_ms <= s.now_ms or l.full_at_ms > s.now_ms + s.per_ms, true)
                else not exists (
                  select from limit_places h
                   where h.namespace = k.namespace and h.name = a.name and h.admitted_at is not null offset s.limit_value - 1)
              end as is_open) r
     group by a.name order by a.name limit $2`,
};

export async function readOpenLimits(executor: Executor, after: LimitName | undefined, limit: number): Promise<OpenLimits> {
  const rows = await executor.query<{ readonly name: LimitName; readonly isOpen: boolean }>(statement, [after ?? null, limit]);
  return { names: rows.flatMap(({ name, isOpen }) => (isOpen ? [name] : [])), next: rows.length === limit ? rows.at(-1)?.name : undefined };
}

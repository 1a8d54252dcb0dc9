import type { LimitName } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// From one namespace to the next, and in each from one limit to the next, by an index: whatever the lengths of the lines, and no further
// than what is asked for, of thousands of limits.
const statement: Statement = {
  name: 'read_awaited_limits',
  text: `
    with recursive known (namespace) as (
      (select namespace from limit_places where admitted_at is null order by namespace limit 1)
      union all
      select n.namespace from known k
       cross join lateral (
         select namespace from limit_places where admitted_at is null and namespace > k.namespace order by namespace limit 1) n
    )
    select distinct a.name
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
     order by a.name limit $2`,
};

export async function readAwaitedLimits(executor: Executor, after: LimitName | undefined, limit: number): Promise<readonly LimitName[]> {
  const rows = await executor.query<{ readonly name: LimitName }>(statement, [after ?? null, limit]);
  return rows.map(({ name }) => name);
}

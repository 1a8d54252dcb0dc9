import type { LimitName } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// From one limit to the next by the index of lines, whatever their lengths.
const statement: Statement = {
  name: 'read_awaited_limits',
  text: `
    with recursive awaited (namespace, name) as (
      (select namespace, name from limit_places where admitted_at is null order by namespace, name limit 1)
      union all
      select n.namespace, n.name from awaited a
       cross join lateral (
         select namespace, name from limit_places
          where admitted_at is null and (namespace, name) > (a.namespace, a.name) order by namespace, name limit 1) n
    )
    select distinct name from awaited where $1::text is null or name > $1 order by name limit $2`,
};

export async function readAwaitedLimits(executor: Executor, after: LimitName | undefined, limit: number): Promise<readonly LimitName[]> {
  const rows = await executor.query<{ readonly name: LimitName }>(statement, [after ?? null, limit]);
  return rows.map(({ name }) => name);
}

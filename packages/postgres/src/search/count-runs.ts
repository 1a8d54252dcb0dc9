import { type Counted, type CountedGroups, type GroupField, type RunCount, runStatus, type SearchKey, valueOfKey } from '@marathon/core';
import type { Executor } from '../connections/executor.js';
import { conditionSql, ownColumns, Parameters } from './condition-sql.js';

export async function countRuns(executor: Executor, { countMax, ...search }: RunCount): Promise<Counted> {
  const parameters = new Parameters();
  const conditions = conditionsOf(search, parameters);
  const text = `select count(*)::int as count from (select from workflow_runs w where ${conditions} limit ${parameters.add(countMax + 1)}) w`;
  const [row] = await executor.query<{ readonly count: number }>({ name: 'count_runs', isBounded: true, text }, parameters.values);
  const count = row?.count ?? 0;
  return { count: Math.min(count, countMax), isExact: count <= countMax };
}

/** Elements of lists are counted as the texts they are. */
const group = `case when starts_with(g.key, 'l=') then 's' || substr(g.key, 3) else g.key end`;

export async function countRunsBy(
  executor: Executor,
  field: GroupField,
  { countMax, groupsMax, ...search }: RunCount & { readonly groupsMax: number },
): Promise<CountedGroups> {
  const parameters = new Parameters();
  const value = 'own' in field ? ownColumns[field.own] : group;
  const join =
    'own' in field
      ? ''
      : `left join search_attributes g on g.run_id = w.run_id and g.name = ${parameters.add(field.attribute)} and g.key <> 'l'`;
  const conditions = conditionsOf(search, parameters);
  const text = `
    select value, count(*)::int as count, (sum(count(*)) over ())::int as total
      from (select ${value} as value from workflow_runs w ${join} where ${conditions} limit ${parameters.add(countMax + 1)}) w
     group by value order by count(*) desc, value limit ${parameters.add(groupsMax + 1)}`;
  const rows = await executor.query<{ readonly value: string | number | null; readonly count: number; readonly total: number }>(
    { name: 'count_runs_by', isBounded: true, text },
    parameters.values,
  );
  return {
    groups: rows.slice(0, groupsMax).map(({ value: read, count }) => ({ value: toValue(field, read), count })),
    isExact: rows.length <= groupsMax && (rows[0]?.total ?? 0) <= countMax,
  };
}

function conditionsOf({ namespace, where }: Omit<RunCount, 'countMax'>, parameters: Parameters): string {
  const isThere = `w.namespace = ${parameters.add(namespace)}`;
  return where ? `${isThere} and ${conditionSql(where, parameters)}` : isThere;
}

function toValue(field: GroupField, read: string | number | null) {
  if (read === null) return null;
  if (!('own' in field)) return valueOfKey(read as SearchKey);
  return field.own === 'status' ? runStatus(read as number) : read;
}

import { type FoundRun, isSortedByStart, type RunSearch, type SearchPosition } from '@marathon/core';
import type { Executor } from '../connections/executor.js';
import { msOf } from '../sql/instants.js';
import { fromRunRow, type RunColumns, runColumns } from '../sql/run-row.js';
import { conditionSql, ownColumns, Parameters } from './condition-sql.js';

// Runs that have a value to sort by come first, in the order of an index on it; those that have none follow, in the order of ids.
// Two statements, the second only when the page is not full: one for both would sort all there is for every page.

/** The runs in the order asked for, from behind `after`. */
export async function searchRuns(executor: Executor, search: RunSearch): Promise<readonly FoundRun[]> {
  const { after, limit, orderBy } = search;
  if (isSortedByStart(orderBy.field)) return read(executor, search, inOrderOfStart, after);
  const order = orderOf(search);
  const isPastValues = after !== undefined && after.sortKey === undefined;
  const valued = isPastValues ? [] : await read(executor, search, order.valued, after);
  if (valued.length === limit || !order.rest) return valued;
  const rest = await read(executor, { ...search, limit: limit - valued.length }, order.rest, isPastValues ? after : undefined);
  return [...valued, ...rest];
}

/** How the runs of one statement are found and sorted. */
interface Part {
  readonly from: (parameters: Parameters) => string;
  readonly where?: (parameters: Parameters) => string;
  /** What they are sorted by before their ids, as it is compared and as it is told. */
  readonly key?: { readonly sql: string; readonly told: string; readonly read: (place: string) => string };
}

const runs = () => 'workflow_runs w';
const inOrderOfStart: Part = { from: runs };

function orderOf({ orderBy: { field } }: RunSearch): { readonly valued: Part; readonly rest?: Part } {
  if ('own' in field) {
    const sql = ownColumns[field.own];
    if (field.own === 'closedAt') {
      const key = { sql, told: `${msOf(sql)}::bigint::text`, read: (place: string) => `to_timestamp(${place}::float8 / 1000)` };
      return { valued: { from: runs, where: () => `${sql} is not null`, key }, rest: { from: runs, where: () => `${sql} is null` } };
    }
    const type = field.own === 'status' ? 'smallint' : 'text';
    const key = { sql, told: `${sql}::text`, read: (place: string) => `${place}::${type}` };
    if (field.own !== 'statusText') return { valued: { from: runs, key } };
    return { valued: { from: runs, where: () => `${sql} is not null`, key }, rest: { from: runs, where: () => `${sql} is null` } };
  }
  const { attribute } = field;
  const hasValue = (parameters: Parameters) => `s.name = ${parameters.add(attribute)} and not starts_with(s.key, 'l')`;
  return {
    valued: {
      from: () => 'search_attributes s join workflow_runs w on w.run_id = s.run_id',
      where: hasValue,
      key: { sql: 's.key', told: 's.key', read: (place) => place },
    },
    rest: {
      from: runs,
      where: (parameters) => `not exists (select from search_attributes s where s.run_id = w.run_id and ${hasValue(parameters)})`,
    },
  };
}

async function read(
  executor: Executor,
  { namespace, where, orderBy, limit }: RunSearch,
  part: Part,
  after: SearchPosition | undefined,
): Promise<readonly FoundRun[]> {
  const parameters = new Parameters();
  const { direction } = orderBy;
  const from = part.from(parameters);
  const conditions = [`w.namespace = ${parameters.add(namespace)}`];
  if (part.where) conditions.push(part.where(parameters));
  if (after) conditions.push(isBehind(after, part, direction, parameters));
  if (where) conditions.push(conditionSql(where, parameters));
  const sorted = [...(part.key ? [part.key.sql] : []), idOf(part)].map((column) => `${column} ${direction}`).join(', ');
  const rows = await executor.query<RunColumns & { readonly sortKey: string | null }>(
    {
      name: 'search_runs',
      isBounded: true,
      text: `select ${runColumns('w')}, ${part.key?.told ?? 'null'} as "sortKey" from ${from}
              where ${conditions.join(' and ')} order by ${sorted} limit ${parameters.add(limit)}`,
    },
    parameters.values,
  );
  return rows.map(({ sortKey, ...row }) => ({ ...fromRunRow(row), ...(sortKey !== null && { sortKey }) }));
}

function isBehind({ runId, sortKey }: SearchPosition, part: Part, direction: 'asc' | 'desc', parameters: Parameters): string {
  const sign = direction === 'asc' ? '>' : '<';
  const id = `${parameters.add(runId)}::uuid`;
  return part.key
    ? `(${part.key.sql}, ${idOf(part)}) ${sign} (${part.key.read(parameters.add(sortKey))}, ${id})`
    : `w.run_id ${sign} ${id}`;
}

/** Beside the key, so that one index has both. */
const idOf = ({ key }: Part): string => (key?.sql === 's.key' ? 's.run_id' : 'w.run_id');

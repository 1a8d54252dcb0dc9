import {
  type Counted,
  type CountedGroups,
  compareKeys,
  type GroupField,
  groupsOf,
  isSortedByStart,
  type Literal,
  type RunCount,
  type RunId,
  type RunSearch,
  type SearchField,
  type SearchKey,
  type SearchPosition,
  sortKeyOf,
  statusCodes,
  valueOfKey,
} from '@marathon/core';
import type { RunRecord } from './event-log-state.js';
import { attributeOf, holdsOf, ownValue } from './holds-of.js';

/** The runs in the order asked for, each with its place in it. */
export function searchRuns(
  runs: Iterable<RunRecord>,
  { orderBy, after, limit, ...search }: RunSearch,
): readonly (readonly [RunRecord, SearchPosition])[] {
  const sign = orderBy.direction === 'asc' ? 1 : -1;
  const compare = (a: SearchPosition, b: SearchPosition) => comparePositions(a, b, sign, orderBy.field);
  return select(runs, search)
    .map((run) => [run, positionOf(run, orderBy.field)] as const)
    .filter(([, position]) => !after || compare(position, after) > 0)
    .sort(([, a], [, b]) => compare(a, b))
    .slice(0, limit);
}

export function countRuns(runs: Iterable<RunRecord>, { countMax, ...count }: RunCount): Counted {
  const { length } = select(runs, count);
  return { count: Math.min(length, countMax), isExact: length <= countMax };
}

export function countRunsBy(
  runs: Iterable<RunRecord>,
  field: GroupField,
  { countMax, groupsMax, ...count }: RunCount & { readonly groupsMax: number },
): CountedGroups {
  const counts = new Map<string | null, number>();
  const found = select(runs, count).flatMap((run) => groupsOfRun(run, field));
  for (const group of found.slice(0, countMax)) counts.set(group, (counts.get(group) ?? 0) + 1);
  const groups = [...counts].map(([group, n]) => ({ value: group === null ? null : valueOfGroup(field, group), count: n }));
  groups.sort((a, b) => b.count - a.count);
  return { groups: groups.slice(0, groupsMax), isExact: found.length <= countMax && groups.length <= groupsMax };
}

function select(runs: Iterable<RunRecord>, { namespace, where }: Pick<RunSearch, 'namespace' | 'where'>): RunRecord[] {
  return [...runs].filter((run) => run.namespace === namespace && (!where || holdsOf(run, where)));
}

function positionOf(run: RunRecord, field: SearchField): SearchPosition {
  const { runId } = run;
  if (isSortedByStart(field)) return { runId };
  const sortKey = 'own' in field ? ownSortKey(run, field.own) : sortKeyOf(attributeOf(run, field.attribute));
  return sortKey === undefined ? { runId } : { runId, sortKey };
}

function ownSortKey(run: RunRecord, field: Parameters<typeof ownValue>[1]): string | undefined {
  const value = field === 'status' ? statusCodes[run.status] : ownValue(run, field);
  return value === undefined ? undefined : String(value);
}

/** Whoever has no value comes last, either way. */
function comparePositions(a: SearchPosition, b: SearchPosition, sign: 1 | -1, field: SearchField): number {
  if ((a.sortKey === undefined) !== (b.sortKey === undefined)) return a.sortKey === undefined ? 1 : -1;
  const isNumeric = 'own' in field && (field.own === 'closedAt' || field.own === 'status');
  const [x, y] = [a.sortKey ?? '', b.sortKey ?? ''];
  return sign * ((isNumeric ? Number(x) - Number(y) : compareKeys(x, y)) || compareIds(a.runId, b.runId));
}

function groupsOfRun(run: RunRecord, field: GroupField): readonly (string | null)[] {
  if ('own' in field) return [run[field.own]];
  const value = attributeOf(run, field.attribute);
  const groups = value === undefined ? [] : groupsOf(value);
  return groups.length > 0 ? groups : [null];
}

const valueOfGroup = (field: GroupField, group: string): Literal => ('own' in field ? group : valueOfKey(group as SearchKey));

const compareIds = (a: RunId, b: RunId): number => (a < b ? -1 : a > b ? 1 : 0);

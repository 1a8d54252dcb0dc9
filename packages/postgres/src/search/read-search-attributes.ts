import type { RunId, SearchAttributes, SearchAttributeValue } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'read_search_attributes',
  text: `select run_id as "runId", name, value from search_attributes where run_id = any ($1::uuid[]) and value is not null order by run_id, name`,
};

type Row = { readonly runId: RunId; readonly name: string; readonly value: string };

/** Of runs that have any, by name. */
export async function readSearchAttributes(executor: Executor, runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, SearchAttributes>> {
  const rows = await executor.query<Row>(statement, [runIds]);
  const attributesOf = (own: readonly Row[]) =>
    Object.fromEntries(own.map(({ name, value }) => [name, JSON.parse(value) as SearchAttributeValue]));
  return new Map([...Map.groupBy(rows, ({ runId }) => runId)].map(([runId, own]) => [runId, attributesOf(own)]));
}

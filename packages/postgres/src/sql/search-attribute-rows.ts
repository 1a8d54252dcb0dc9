import { type RunId, rowsOf, type SearchAttributes } from '@marathon/core';

/**
 * A part of a statement that writes what runs are found by: the columns of `searchAttributeColumns` are its parameters from `$first` on.
 * Statements without it are for batches of runs that have none.
 * @param runs a query of the ids whose rows are written
 */
export const indexed = (first: number, runs: string): string => `
    indexed as (
      insert into search_attributes (run_id, name, key, value)
      select * from unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::text[], $${first + 3}::text[]) as x (run_id, name, key, value)
       where (x.run_id in (${runs})) is true
      on conflict (run_id, name, key) do update set value = excluded.value
    )`;

/** A part that takes away what the same statement does not write anew, of the runs in a further parameter. */
export const replaced = (first: number, runs: string): string => `
    replaced as (
      delete from search_attributes s
       where s.run_id = any (array(select run_id from (${runs}) r where (run_id in (select unnest($${first + 4}::uuid[]))) is true))
         and ((s.run_id, s.name, s.key) in (select * from unnest($${first}::uuid[], $${first + 1}::text[], $${first + 2}::text[]))) is not true
    )`;

/** Run ids, names, keys, values. */
export function searchAttributeColumns(
  runs: readonly { readonly runId: RunId; readonly searchAttributes?: SearchAttributes | undefined }[],
): readonly unknown[][] {
  const rows = runs.flatMap(({ runId, searchAttributes = {} }) => rowsOf(searchAttributes).map((row) => ({ runId, ...row })));
  return [rows.map(({ runId }) => runId), rows.map(({ name }) => name), rows.map(({ key }) => key), rows.map(({ value }) => value)];
}

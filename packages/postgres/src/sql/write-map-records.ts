import { type RunAdvance, toMapRecordRow } from '@marathon/core';
import { instant } from './instants.js';

interface Parts {
  readonly values: string;
  readonly columns: string;
  readonly changes: string;
  readonly more: string;
}

/**
 * The parts of a commit with those that keep what is beside the history of open maps; the values are parameters from `$first` on. Records
 * are no events: the condition refuses those who do not know of the last of them.
 */
export const mapsWritten = <Of extends Parts>(parts: Of, first: number) => ({
  ...parts,
  values: `${parts.values}, $${first}::int[], $${first + 1}::int[]`,
  columns: `${parts.columns}, map_expected, map_last`,
  changes: `${parts.changes} map_records = coalesce(x.map_last, w.map_records),`,
  condition: 'and (x.map_expected is null or coalesce(w.map_records, 0) = x.map_expected)',
  returned: ', x.map_expected, x.map_last',
  namedArray: 'run_id, after_seq, to_seq, map_expected, map_last',
  named: `
          select run_id, expected_seq as after_seq, last_seq as to_seq, map_expected, map_last from advanced
           where last_seq > expected_seq or map_expected is not null
           union all select run_id, 0, 1, null, null from continued`,
  more: `${parts.more}
    , map_recorded as (
      insert into map_records (run_id, n, map_seq, at, data)
      select r.run_id, r.n, r.map_seq, ${instant('r.at')}, r.data
        from unnest($${first + 2}::uuid[], $${first + 3}::int[], $${first + 4}::int[], $${first + 5}::float8[], $${first + 6}::text[])
             as r (run_id, n, map_seq, at, data)
       where (r.run_id in (select run_id from advanced)) is true
    ), map_forgotten as (
      delete from map_records where ctid = any (array(
        select m.ctid from unnest($${first + 7}::uuid[], $${first + 8}::int[]) as e (run_id, map_seq) join advanced using (run_id)
         cross join lateral (select ctid from map_records where run_id = e.run_id and map_seq = e.map_seq offset 0) m))
    ), silenced as (
      delete from activity_heartbeats where ctid = any (array(
        select h.ctid from unnest($${first + 9}::uuid[], $${first + 10}::int[]) as o (run_id, activity_seq) join advanced using (run_id)
         cross join lateral (select ctid from activity_heartbeats where run_id = o.run_id and activity_seq = o.activity_seq offset 0) h))
    )`,
});

export function mapValues(advances: readonly RunAdvance[]): readonly unknown[] {
  const rows = advances.flatMap(({ runId, maps }) => (maps?.records ?? []).map((record) => ({ runId, ...toMapRecordRow(record) })));
  const ended = advances.flatMap(({ runId, maps }) => (maps?.ended ?? []).map((mapSeq) => ({ runId, mapSeq })));
  const silenced = advances.flatMap(({ runId, maps }) => (maps?.silenced ?? []).map((activitySeq) => ({ runId, activitySeq })));
  return [
    advances.map(({ maps }) => maps?.expected),
    advances.map(({ maps }) => maps?.last),
    rows.map(({ runId }) => runId),
    rows.map(({ n }) => n),
    rows.map(({ mapSeq }) => mapSeq),
    rows.map(({ at }) => at),
    rows.map(({ data }) => data),
    ended.map(({ runId }) => runId),
    ended.map(({ mapSeq }) => mapSeq),
    silenced.map(({ runId }) => runId),
    silenced.map(({ activitySeq }) => activitySeq),
  ];
}

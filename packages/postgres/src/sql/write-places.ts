import type { RunAdvance } from '@marathon/core';

/**
 * Parts of a commit that keep the places under limits; their values are parameters from `$first` on.
 *   left    by run and seq, never by `ctid`: who lets somebody in may have rewritten the row while this commit waited for its run.
 *   lined   a turn is the rank of who comes next, or the one behind the last of the same fairness key.
 */
export const placesWritten = (first: number): string => `
    , passed as (
      update limit_places p set run_id = s.successor
        from unnest($${first}::uuid[], $${first + 1}::uuid[]) as s (run_id, successor) join advanced using (run_id)
       where p.run_id = s.run_id and p.activity_seq = 0
    ), left_behind as (
      delete from limit_places
       where run_id = any (array(select run_id from advanced where (run_id in (select unnest($${first + 2}::uuid[]))) is true))
         and ((run_id, activity_seq) in (select * from unnest($${first + 2}::uuid[], $${first + 3}::int[]))) is true
    ), emptied as (
      delete from limit_places
       where run_id = any (array(select run_id from advanced where closed_at is not null))
         and not (activity_seq = 0 and (run_id in (select unnest($${first}::uuid[]))) is true)
    ), lined as (
      insert into limit_places (run_id, activity_seq, attempt, shard, namespace, name, partner, limit_value, per_ms, priority, fairness_key, rank)
      select q.run_id, q.activity_seq, q.attempt, a.shard, a.namespace, q.name, q.partner, q.limit_value, q.per_ms, q.priority, q.fairness_key,
             coalesce(greatest(
               (select min(rank) from limit_places w
                 where w.namespace = a.namespace and w.name = q.name and w.priority = q.priority and w.admitted_at is null),
               (select max(rank) + 1 from limit_places w
                 where w.namespace = a.namespace and w.name = q.name and w.priority = q.priority and w.fairness_key = q.fairness_key
                   and w.admitted_at is null)), 0)
             + row_number() over (partition by a.namespace, q.name, q.priority, q.fairness_key order by q.i) - 1
        from unnest($${first + 4}::uuid[], $${first + 5}::int[], $${first + 6}::int[], $${first + 7}::text[], $${first + 8}::text[], $${first + 9}::int[],
                    $${first + 10}::bigint[], $${first + 11}::smallint[], $${first + 12}::text[])
             with ordinality as q (run_id, activity_seq, attempt, name, partner, limit_value, per_ms, priority, fairness_key, i)
        join advanced a using (run_id)
       order by q.i
    )`;

export function placeValues(advances: readonly RunAdvance[]): readonly unknown[] {
  const passed = advances.filter(({ limits, successor }) => limits?.handsOn && successor);
  const freed = advances.flatMap(({ runId, limits }) => (limits?.freed ?? []).map((place) => ({ runId, place })));
  const lined = advances.flatMap(({ runId, limits }) =>
    (limits?.queued ?? []).flatMap(({ limits: stated, ...place }) =>
      stated.map((limit) => ({ runId, ...place, ...limit, partner: stated.find(({ name }) => name !== limit.name)?.name })),
    ),
  );
  return [
    passed.map(({ runId }) => runId),
    passed.map(({ successor }) => successor?.runId),
    freed.map(({ runId }) => runId),
    freed.map(({ place }) => place),
    lined.map(({ runId }) => runId),
    lined.map(({ place }) => place),
    lined.map(({ attempt }) => attempt),
    lined.map(({ name }) => name),
    lined.map(({ partner }) => partner),
    lined.map(({ limit }) => limit),
    lined.map(({ perMs }) => perMs),
    lined.map(({ priority }) => priority),
    lined.map(({ fairnessKey }) => fairnessKey),
  ];
}

import type { RunAdvance } from '@marathon/core';

interface Parts {
  readonly values: string;
  readonly columns: string;
  readonly changes: string;
  readonly condition: string;
  readonly settled: string;
  readonly more: string;
}

/**
 * The parts of a commit with those that accept updates; the values are parameters from `$first` on. Every key of a run goes in under the
 * lock of its row and moves its counter: where the counter stands as expected, all keys that there are have been committed and are seen.
 */
export const updatesAccepted = <Of extends Parts>(parts: Of, first: number) => ({
  ...parts,
  values: `${parts.values}, $${first}::int[]`,
  columns: `${parts.columns}, accepted_before`,
  changes: `${parts.changes} requests_accepted = case when x.accepted_before is null then w.requests_accepted else x.taken end,`,
  settled: 'coalesce(x.accepted_before, x.taken)',
  condition: `${parts.condition}
         and (x.accepted_before is null or (w.requests_accepted = x.accepted_before and not exists (
           select from unnest($${first + 1}::uuid[], $${first + 2}::text[]) as u (run_id, key)
            cross join lateral (select from request_keys where first_run_id = w.first_run_id and key = u.key offset 0) known
            where u.run_id = w.run_id)))`,
  more: `${parts.more}
    , keyed as (
      insert into request_keys (first_run_id, key, run_id, fingerprint)
      select a.first_run_id, u.key, u.run_id, u.fingerprint
        from unnest($${first + 1}::uuid[], $${first + 2}::text[], $${first + 3}::text[]) as u (run_id, key, fingerprint) join advanced a using (run_id)
    )`,
});

export function updateValues(advances: readonly RunAdvance[]): readonly unknown[] {
  const updates = advances.flatMap(({ runId, accepted = [] }) => accepted.map((update) => ({ runId, ...update })));
  return [
    advances.map(({ accepted }) => accepted?.[0] && accepted[0].n - 1),
    updates.map(({ runId }) => runId),
    updates.map(({ idempotencyKey }) => idempotencyKey),
    updates.map(({ fingerprint }) => fingerprint),
  ];
}

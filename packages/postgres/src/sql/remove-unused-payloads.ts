import type { Removal } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

/** How many are looked at by a statement. */
const countMax = 1_000;
/** What a statement removes, and one payload more: tens of gigabytes would take minutes. */
const bytesMax = 1024 * 1024 * 1024;

// Looks at the oldest: those that nothing refers to go, the others count as young again, so that the next call looks at others. Starts
// that carry signals may be large: what they refer to is found in one reading of them.
const statement: Statement = {
  name: 'remove_unused_payloads',
  isWrite: true,
  text: `
    with old as materialized (
      select reference from payloads where written_at < to_timestamp($1::double precision / 1000)
      order by written_at limit ${countMax} for update skip locked
    ),
    unused as materialized (
      select reference from old
      where not exists (select from history_events e where e.payload = old.reference and e.payload ^@ '@sha256:')
        and reference not in (
          select m[1] from history_events e, regexp_matches(e.data, '@sha256:[0-9a-f]{64}:[0-9]+', 'g') m
           where e.type = 1 and e.data like '%@sha256:%'
        )
        and reference not in (select payload from run_requests where payload ^@ '@sha256:')
    ),
    kept as (
      update payloads p set written_at = now() from old
      where p.reference = old.reference and old.reference not in (select reference from unused)
    ),
    removed as (
      delete from payloads p using (
        select reference, sum(split_part(reference, ':', 3)::bigint) over (order by reference rows unbounded preceding) as bytes from unused
      ) u
      where p.reference = u.reference and u.bytes - split_part(u.reference, ':', 3)::bigint < ${bytesMax}
      returning p.reference
    )
    select (select count(*) from removed)::int as removed,
           (select count(*) from old) = ${countMax} or (select count(*) from unused) > (select count(*) from removed) as "isPartial"`,
};

export async function removeUnusedPayloads(executor: Executor, writtenBeforeMs: number): Promise<Removal> {
  const [row] = await executor.query<Removal>(statement, [writtenBeforeMs]);
  return row ?? { removed: 0, isPartial: false };
}

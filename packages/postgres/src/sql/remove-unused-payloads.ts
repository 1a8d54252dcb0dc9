import type { Executor, Statement } from '../connections/executor.js';

// Looks at the oldest: those that nothing refers to go, the others count as young again, so that the next call looks at others.
const statement: Statement = {
  name: 'remove_unused_payloads',
  isWrite: true,
  text: `
    with old as (
      select reference from payloads where written_at < to_timestamp($1::double precision / 1000)
      order by written_at limit 1000 for update skip locked
    ),
    unused as (
      select reference from old
      where not exists (select from history_events e where e.payload = old.reference and e.payload ^@ '@sha256:')
        and not exists (
          select from history_events e
          where e.type = 1 and e.data like '%@sha256:%' and strpos(e.data, old.reference) > 0
        )
        and reference not in (select payload from run_requests where payload ^@ '@sha256:')
    ),
    kept as (
      update payloads p set written_at = now() from old
      where p.reference = old.reference and old.reference not in (select reference from unused)
    ),
    removed as (
      delete from payloads p using unused where p.reference = unused.reference returning p.reference
    )
    select count(*)::int as count from removed`,
};

export async function removeUnusedPayloads(executor: Executor, writtenBeforeMs: number): Promise<number> {
  const [row] = await executor.query<{ count: number }>(statement, [writtenBeforeMs]);
  return row?.count ?? 0;
}

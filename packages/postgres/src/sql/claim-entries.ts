import type { NamedAdvance, Outbox, OutboxEntry, OutboxEntryId, RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// Claimed, committed, and published then: a transaction held open while publishing would make the commits' own delete wait.
const statement: Statement = {
  name: 'claim_entries',
  isWrite: true,
  text: `
    update outbox set claimed_until = now() + $2::float8 * interval '1 ms'
     where id = any (array(
       select id from outbox
        where created_at <= now() - $1::float8 * interval '1 ms' and (claimed_until is null or claimed_until <= now())
          and ($4::text is null or source = $4)
        order by id limit $3 for update skip locked))
    returning id, runs`,
};

type Named = readonly [RunId, afterSeq: number, toSeq: number, afterRecord?: number | null, toRecord?: number | null];

interface Row {
  readonly id: OutboxEntryId;
  readonly runs: readonly Named[];
}

export async function claimEntries(executor: Executor, claim: Parameters<Outbox['claimEntries']>[0]): Promise<readonly OutboxEntry[]> {
  const rows = await executor.query<Row>(statement, [claim.olderThanMs, claim.claimForMs, claim.limit, claim.source ?? null]);
  return rows.map(({ id, runs }) => ({ id, runs: runs.map(advanceOf) }));
}

function advanceOf([runId, afterSeq, toSeq, after, to]: Named): NamedAdvance {
  const named = { runId, afterSeq, toSeq };
  return typeof after === 'number' && typeof to === 'number' ? { ...named, mapRecords: { after, to } } : named;
}

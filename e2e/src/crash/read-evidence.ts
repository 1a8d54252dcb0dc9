import { type EventRow, fromEventRow, type RunId, runStatus } from '@marathon/core';
import pg from 'pg';
import type { Evidence, Promises, StoredRunEvidence } from './evidence.js';

interface RunRow extends Omit<StoredRunEvidence, 'status' | 'history'> {
  readonly status: number;
}

/** Everything that the database holds, beside what clients were promised. */
export async function readEvidence(databaseUrl: string, promises: Promises): Promise<Evidence> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const runs = await client.query<RunRow>(
      `select run_id as "runId", workflow_id as "workflowId", workflow, status, last_seq as "lastSeq", requests_accepted as "requestsAccepted",
              closed_at is not null as "isClosed"
         from workflow_runs order by run_id`,
    );
    const events = await client.query<EventRow & { readonly runId: RunId }>(
      `select run_id as "runId", seq, type, (extract(epoch from at) * 1000)::float8 as at, data, payload from history_events order by run_id, seq`,
    );
    const left = await client.query<{ entries: number; requests: number }>(
      `select (select count(*) from outbox)::int as entries, (select count(*) from run_requests)::int as requests`,
    );
    const histories = Map.groupBy(events.rows, ({ runId }) => runId);
    return {
      promises,
      runs: runs.rows.map((row) => ({
        ...row,
        status: runStatus(row.status),
        history: (histories.get(row.runId) ?? []).map(fromEventRow),
      })),
      outboxEntries: left.rows[0]?.entries ?? 0,
      waitingRequests: left.rows[0]?.requests ?? 0,
    };
  } finally {
    await client.end();
  }
}

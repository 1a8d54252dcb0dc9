import { type EventRow, fromEventRow, type HistoryEvent, type RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

// Nothing follows the event that closes a run.
const statement: Statement = {
  name: 'read_closings',
  text: `
    select w.run_id as "runId", e.seq, e.type, ${msOf('e.at')} as at, e.data, e.payload
      from workflow_runs w join history_events e on e.run_id = w.run_id and e.seq = w.last_seq
     where w.run_id = any ($1::uuid[]) and w.closed_at is not null`,
};

export async function readClosings(
  executor: Executor,
  runIds: readonly RunId[],
): Promise<readonly { readonly runId: RunId; readonly closing: HistoryEvent }[]> {
  const rows = await executor.query<EventRow & { readonly runId: RunId }>(statement, [runIds]);
  return rows.map((row) => ({ runId: row.runId, closing: fromEventRow(row) }));
}

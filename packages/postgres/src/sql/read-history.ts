import { type EventRow, fromEventRow, type HistoryEvent, type RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

const statement: Statement = {
  name: 'read_history',
  text: `
    select seq, type, ${msOf('at')} as at, data, payload from history_events
     where run_id = $1 and seq > $2 order by seq limit $3`,
};

export async function readHistory(executor: Executor, runId: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]> {
  return (await executor.query<EventRow>(statement, [runId, afterSeq, limit])).map(fromEventRow);
}

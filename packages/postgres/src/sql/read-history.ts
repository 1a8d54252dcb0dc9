import { type EventRow, fromEventRow, type HistoryEvent, type RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

/** Of one answer, and one event more. */
const bytesMax = 4 * 1024 * 1024;

const statement: Statement = {
  name: 'read_history',
  text: `
    select seq, type, ${msOf('at')} as at, data, payload
      from (select *, sum(coalesce(octet_length(data), 0) + coalesce(octet_length(payload), 0))
                        over (order by seq rows between unbounded preceding and 1 preceding) as before
              from history_events where run_id = $1 and seq > $2 order by seq limit $3) e
     where before is null or before < ${bytesMax} order by seq`,
};

export async function readHistory(executor: Executor, runId: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]> {
  return (await executor.query<EventRow>(statement, [runId, afterSeq, limit])).map(fromEventRow);
}

import {
  type ActivityQuery,
  type ActivityRow,
  type EventRow,
  eventCodes,
  eventsOfItem,
  fromEventRow,
  fromMapRecordRow,
  type HistoryEvent,
  isItem,
  type MapRecord,
  mapEventTypes,
  type RunId,
} from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';
import { fromRunRow, type RunColumns, runColumns } from './run-row.js';

const findKeyedRun: Statement = {
  name: 'find_keyed_run',
  text: `
    select ${runColumns('w')}, k.key is not null as "isKeyed", k.fingerprint
      from workflow_runs w left join request_keys k on k.first_run_id = w.first_run_id and k.key = $3
     where w.run_id = $1 and w.namespace = $2`,
};

// Which activity an event is of stands in its data, which is read as text: `json` refuses some of what a text may hold.
const readActivityEvents: Statement = {
  name: 'read_activity_events',
  text: `
    select seq, type, ${msOf('at')} as at, data, case when seq > $2 then payload end as payload
      from history_events
     where run_id = $1 and (seq = $2 or (seq > $2 and (data like $3 || ',%' or data like $3 || '}%'))) order by seq`,
};

export async function findActivity(executor: Executor, query: ActivityQuery): Promise<ActivityRow | undefined> {
  const { runId, activitySeq, namespace, idempotencyKey } = query;
  const rows = await executor.query<RunColumns & { readonly isKeyed: boolean; readonly fingerprint: string | null }>(findKeyedRun, [
    runId,
    namespace,
    idempotencyKey,
  ]);
  if (!rows[0]) return undefined;
  const { isKeyed, fingerprint, ...run } = rows[0];
  const events = await readEvents(executor, runId, activitySeq);
  if (events[0]?.type !== 'ActivityScheduled') return undefined;
  return { run: fromRunRow(run), events, ...(isKeyed && { request: { fingerprint: fingerprint ?? undefined } }) };
}

// Items of maps have no events of their own: those of the maps say what there is to say, and, while a map is open, the records beside
// the history. One statement, so that what ends a map is not missed between the two.
const readItem: Statement = {
  name: 'read_item',
  text: `
    select null::int as "mapSeq", seq, type, ${msOf('at')} as at, data
      from history_events where run_id = $1 and type = any ($2::smallint[])
     union all
    select map_seq, n, null, ${msOf('at')}, data
      from map_records where run_id = $1 and (data like $3 || ',%' or data like $3 || '}%')
     order by 2`,
};

interface ItemRow extends Omit<EventRow, 'payload'> {
  /** Of a record, whose number stands in the place of a seq. */
  readonly mapSeq: number | null;
}

async function readItemEvents(executor: Executor, runId: RunId, activitySeq: number): Promise<readonly HistoryEvent[]> {
  const types = mapEventTypes.map((type) => eventCodes[type]);
  const rows = await executor.query<ItemRow>(readItem, [runId, types, partOf(activitySeq)]);
  const events: HistoryEvent[] = [];
  const records: MapRecord[] = [];
  for (const { mapSeq, ...row } of rows)
    if (mapSeq === null) events.push(fromEventRow({ ...row, payload: null }));
    else records.push(fromMapRecordRow({ n: row.seq, mapSeq, at: row.at, data: row.data ?? '' }));
  return eventsOfItem(events, records, activitySeq);
}

async function readEvents(executor: Executor, runId: RunId, activitySeq: number): Promise<readonly HistoryEvent[]> {
  if (isItem(activitySeq)) return readItemEvents(executor, runId, activitySeq);
  const rows = await executor.query<EventRow>(readActivityEvents, [runId, activitySeq, partOf(activitySeq)]);
  const events = rows.map(fromEventRow);
  return events.filter(({ seq, data }) => seq === activitySeq || ('activitySeq' in data && data.activitySeq === activitySeq));
}

/** Of what is recorded of it. */
const partOf = (activitySeq: number): string => `%"activitySeq":${activitySeq}`;

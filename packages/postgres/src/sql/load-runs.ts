import {
  type EventRow,
  fromEventRow,
  fromMapRecordRow,
  type HistoryBound,
  type HistoryEvent,
  historyBound,
  type LoadedRuns,
  type MapRecord,
  type RunId,
  runStatus,
  type SavedHeartbeat,
  type ShardId,
  type StoredRun,
} from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

// How long a text is stands beside it: none is read for that.
const bytesOf = (run: string): string => `(
    coalesce((select sum(coalesce(octet_length(data), 0) + coalesce(octet_length(payload), 0)) from history_events where run_id = ${run}), 0)
  + coalesce((select sum(octet_length(data)) from map_records where run_id = ${run}), 0)
  + coalesce((select sum(octet_length(details)) from activity_heartbeats where run_id = ${run}), 0))`;

// A row, its history and what its maps have beside it come from one statement, so that they fit each other whatever commits meanwhile.
//   asked   the rows, in their order, with how many events there are up to each.
//   few     as many as are within the one bound, with how many bytes there are up to each; one alone is not weighed.
//   chosen  as many as are within both. Of the others, the run ids come back.
const runsWithHistories: Statement = {
  name: 'load_runs',
  text: `
    with asked as materialized (
      select w.run_id, w.shard, w.status, w.last_seq, w.requests_accepted, w.map_records,
             row_number() over (order by i) as place, sum(w.last_seq) over (order by i) as events
        from unnest($1::uuid[]) with ordinality as a (run_id, i) join workflow_runs w using (run_id)
    ), few as materialized (
      select run_id, place from asked where place = 1 or events <= $2
    ), weighed as materialized (
      select run_id, place, sum(case when (select count(*) from few) > 1 then ${bytesOf('few.run_id')} end) over (order by place) as bytes
        from few
    ), chosen as materialized (
      select run_id from weighed where place = 1 or bytes <= $3
    )
    select w.place, w.run_id as "runId", w.shard, w.status, w.last_seq as "lastSeq", w.requests_accepted as "requestsAccepted",
           w.map_records as "mapRecords", null::int as "mapSeq", e.seq, e.type, ${msOf('e.at')} as at, e.data, e.payload
      from chosen join asked w using (run_id) join history_events e using (run_id)
     union all
    select w.place, run_id, null, null, null, null, null, m.map_seq, m.n, null, ${msOf('m.at')}, m.data, null
      from chosen join asked w using (run_id) join map_records m using (run_id)
     union all
    select place, run_id, null, null, null, null, null, null, null, null, null, null, null
      from asked where not exists (select from chosen where chosen.run_id = asked.run_id)
     order by 1, "mapSeq" nulls first, seq`,
};

const heartbeatsOfRuns: Statement = {
  name: 'load_heartbeats',
  text: `select run_id as "runId", activity_seq as "activitySeq", attempt, details from activity_heartbeats where run_id = any ($1::uuid[])`,
};

interface RunEventRow extends EventRow {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly status: number;
  readonly lastSeq: number;
  readonly requestsAccepted: number;
  readonly mapRecords: number | null;
  /** Of a record of a map: its events come before. */
  readonly mapSeq: number | null;
}

interface LeftRow {
  readonly runId: RunId;
  readonly seq: null;
}

interface LoadedRun extends StoredRun {
  readonly history: HistoryEvent[];
  readonly heartbeats: SavedHeartbeat[];
  readonly maps?: { readonly last: number; readonly records: MapRecord[] };
}

export async function loadRuns(
  executor: Executor,
  runIds: readonly RunId[],
  { events, bytes }: HistoryBound = historyBound,
): Promise<LoadedRuns> {
  const rows = await executor.query<RunEventRow | LeftRow>(runsWithHistories, [runIds, events, bytes]);
  const loaded = new Map<RunId, LoadedRun>();
  const left: RunId[] = [];
  for (const row of rows) {
    if (row.seq === null) {
      left.push(row.runId);
      continue;
    }
    const run = loaded.get(row.runId) ?? begun(row);
    loaded.set(row.runId, run);
    if (row.mapSeq === null) run.history.push(fromEventRow(row));
    else run.maps?.records.push(fromMapRecordRow({ n: row.seq, mapSeq: row.mapSeq, at: row.at, data: row.data ?? '' }));
  }
  for (const { maps } of loaded.values()) maps?.records.sort((a, b) => a.n - b.n);
  await addHeartbeats(executor, loaded);
  return { runs: [...loaded.values()], left };
}

function begun({ runId, shard, status, lastSeq, requestsAccepted, mapRecords }: RunEventRow): LoadedRun {
  const run = { runId, shard, status: runStatus(status), lastSeq, requestsAccepted, history: [], heartbeats: [] };
  return mapRecords === null ? run : { ...run, maps: { last: mapRecords, records: [] } };
}

async function addHeartbeats(executor: Executor, loaded: ReadonlyMap<RunId, LoadedRun>): Promise<void> {
  const saved = await executor.query<Omit<SavedHeartbeat, 'shard'>>(heartbeatsOfRuns, [[...loaded.keys()]]);
  for (const heartbeat of saved) {
    const run = loaded.get(heartbeat.runId);
    run?.heartbeats.push({ ...heartbeat, shard: run.shard });
  }
}

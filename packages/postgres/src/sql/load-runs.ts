import {
  type EventRow,
  fromEventRow,
  fromMapRecordRow,
  type HistoryEvent,
  type MapRecord,
  type RunId,
  runStatus,
  type SavedHeartbeat,
  type ShardId,
  type StoredRun,
} from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

// A row, its history and what its maps have beside it come from one statement, so that they fit each other whatever commits meanwhile.
const runsWithHistories: Statement = {
  name: 'load_runs',
  text: `
    select w.run_id as "runId", w.shard, w.status, w.last_seq as "lastSeq", w.requests_accepted as "requestsAccepted",
           w.map_records as "mapRecords", null::int as "mapSeq", e.seq, e.type, ${msOf('e.at')} as at, e.data, e.payload
      from workflow_runs w join history_events e using (run_id)
     where w.run_id = any ($1::uuid[])
     union all
    select run_id, null, null, null, null, null, map_seq, n, null, ${msOf('at')}, data, null
      from map_records where run_id = any ($1::uuid[])
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

interface LoadedRun extends StoredRun {
  readonly history: HistoryEvent[];
  readonly maps?: { readonly last: number; readonly records: MapRecord[] };
}

export async function loadRuns(executor: Executor, runIds: readonly RunId[]): Promise<readonly StoredRun[]> {
  const rows = await executor.query<RunEventRow>(runsWithHistories, [runIds]);
  const heartbeats = Map.groupBy(await executor.query<Omit<SavedHeartbeat, 'shard'>>(heartbeatsOfRuns, [runIds]), ({ runId }) => runId);
  const loaded = new Map<RunId, LoadedRun>();
  for (const row of rows) {
    const { runId, shard, lastSeq, requestsAccepted, mapRecords } = row;
    let run = loaded.get(runId);
    if (!run) {
      const saved = (heartbeats.get(runId) ?? []).map((heartbeat) => ({ ...heartbeat, shard }));
      const known = { runId, shard, status: runStatus(row.status), lastSeq, requestsAccepted, history: [], heartbeats: saved };
      run = mapRecords === null ? known : { ...known, maps: { last: mapRecords, records: [] } };
      loaded.set(runId, run);
    }
    if (row.mapSeq === null) run.history.push(fromEventRow(row));
    else run.maps?.records.push(fromMapRecordRow({ n: row.seq, mapSeq: row.mapSeq, at: row.at, data: row.data ?? '' }));
  }
  for (const { maps } of loaded.values()) maps?.records.sort((a, b) => a.n - b.n);
  return [...loaded.values()];
}

import {
  type EventRow,
  fromEventRow,
  type HistoryEvent,
  type RunId,
  runStatus,
  type SavedHeartbeat,
  type ShardId,
  type StoredRun,
} from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

// Row and history come from one statement, so that they fit each other whatever commits meanwhile.
const runsWithHistories: Statement = {
  name: 'load_runs',
  text: `
    select w.run_id as "runId", w.shard, w.status, w.last_seq as "lastSeq", w.requests_accepted as "requestsAccepted",
           e.seq, e.type, ${msOf('e.at')} as at, e.data, e.payload
      from workflow_runs w join history_events e using (run_id)
     where w.run_id = any ($1::uuid[])
     order by w.run_id, e.seq`,
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
}

export async function loadRuns(executor: Executor, runIds: readonly RunId[]): Promise<readonly StoredRun[]> {
  const rows = await executor.query<RunEventRow>(runsWithHistories, [runIds]);
  const heartbeats = Map.groupBy(await executor.query<Omit<SavedHeartbeat, 'shard'>>(heartbeatsOfRuns, [runIds]), ({ runId }) => runId);
  const loaded = new Map<RunId, StoredRun & { readonly history: HistoryEvent[] }>();
  for (const row of rows) {
    const { runId, shard, lastSeq, requestsAccepted } = row;
    let run = loaded.get(runId);
    if (!run) {
      const saved = (heartbeats.get(runId) ?? []).map((heartbeat) => ({ ...heartbeat, shard }));
      run = { runId, shard, status: runStatus(row.status), lastSeq, requestsAccepted, history: [], heartbeats: saved };
      loaded.set(runId, run);
    }
    run.history.push(fromEventRow(row));
  }
  return [...loaded.values()];
}

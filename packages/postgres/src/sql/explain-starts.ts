import { type RunId, type RunStart, runStatus, type StartOutcome } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { knownSignal, type SignaledRow, signaledColumns, signaledRun } from './signaled-run.js';

const statement: Statement = {
  name: 'explain_starts',
  text: `
    select k.run_id as "keyedRunId", k.workflow_id as "keyedWorkflowId", k.status as "keyedStatus", k.start_fingerprint as fingerprint,
           ${signaledColumns},
           o.run_id as "openRunId", o.status as "openStatus"
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as x (namespace, workflow_id, start_key, signal_fingerprint, i)
      left join workflow_runs k on k.namespace = x.namespace and k.start_key = x.start_key
      left join lateral (${signaledRun('x')}) s on x.signal_fingerprint is not null and k.run_id is null
      left join workflow_runs o on o.namespace = x.namespace and o.workflow_id = x.workflow_id and o.closed_at is null
     order by x.i`,
};

interface Row extends SignaledRow {
  readonly keyedRunId: RunId | null;
  readonly keyedWorkflowId: string;
  readonly keyedStatus: number;
  readonly fingerprint: string | null;
  readonly openRunId: RunId | null;
  readonly openStatus: number;
}

/** Why starts started nothing, in their order. `undefined`: what stood in the way is gone by now, the start may be tried again. */
export async function explainStarts(executor: Executor, starts: readonly RunStart[]): Promise<readonly (StartOutcome | undefined)[]> {
  const rows = await executor.query<Row>(statement, [
    starts.map(({ namespace }) => namespace),
    starts.map(({ started }) => started.data.workflowId),
    starts.map(({ idempotencyKey }) => idempotencyKey),
    starts.map(({ signalFingerprint }) => signalFingerprint),
  ]);
  return rows.map((row, i) => explain(row, starts[i] as RunStart));
}

function explain(row: Row, { fingerprint, signalFingerprint }: RunStart): StartOutcome | undefined {
  if (row.keyedRunId) {
    if (row.fingerprint !== (fingerprint ?? null)) return { outcome: 'key-reused' };
    return { outcome: 'repeated', runId: row.keyedRunId, workflowId: row.keyedWorkflowId, status: runStatus(row.keyedStatus) };
  }
  const signaled = signalFingerprint === undefined ? undefined : knownSignal(row, signalFingerprint);
  if (signaled) return signaled;
  return row.openRunId ? { outcome: 'open', runId: row.openRunId, status: runStatus(row.openStatus) } : undefined;
}

import { type KeyedStart, type KnownStart, type RunId, runStatus } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { knownSignal, type SignaledRow, signaledColumns, signaledRun } from './signaled-run.js';

const startUnderKey: Statement = {
  name: 'find_started',
  text: `
    select run_id as "runId", workflow_id as "workflowId", status, start_fingerprint as fingerprint
      from workflow_runs where namespace = $1 and start_key = $2`,
};

const signalUnderKey: Statement = {
  name: 'find_signaled',
  text: `
    select ${signaledColumns}
      from (select $1 as namespace, $2 as workflow_id, $3 as start_key) x cross join lateral (${signaledRun('x')}) s`,
};

const requestUnderKey: Statement = {
  name: 'has_accepted',
  text: `select from workflow_runs w join request_keys k on k.first_run_id = w.first_run_id and k.key = $2 where w.run_id = $1`,
};

interface StartRow {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly status: number;
  readonly fingerprint: string | null;
}

export async function findStarted(
  executor: Executor,
  { namespace, idempotencyKey, fingerprint, signal }: KeyedStart,
): Promise<KnownStart | undefined> {
  const [row] = await executor.query<StartRow>(startUnderKey, [namespace, idempotencyKey]);
  if (!row && signal) {
    const [signaled] = await executor.query<SignaledRow>(signalUnderKey, [namespace, signal.workflowId, idempotencyKey]);
    return signaled && knownSignal(signaled, signal.fingerprint);
  }
  if (!row) return undefined;
  if (row.fingerprint !== (fingerprint ?? null)) return { outcome: 'key-reused' };
  return { outcome: 'repeated', runId: row.runId, workflowId: row.workflowId, status: runStatus(row.status) };
}

export async function hasAccepted(executor: Executor, runId: RunId, idempotencyKey: string): Promise<boolean> {
  return (await executor.query(requestUnderKey, [runId, idempotencyKey])).length > 0;
}

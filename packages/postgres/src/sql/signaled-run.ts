import { type KnownStart, type RunId, runStatus, signaledRunsMax } from '@marathon/core';

/**
 * A query of the latest run that accepted a request under the key of a start that would have signaled it.
 * @param x names a row with namespace, workflow_id and start_key
 */
export const signaledRun = (x: string): string => `
    select s.run_id, s.workflow_id, s.status, k.fingerprint
      from (select distinct first_run_id
              from (select first_run_id from workflow_runs w where w.namespace = ${x}.namespace and w.workflow_id = ${x}.workflow_id
                     order by w.run_id desc limit ${signaledRunsMax}) latest) chains
      join request_keys k on k.first_run_id = chains.first_run_id and k.key = ${x}.start_key
      join workflow_runs s on s.run_id = k.run_id
     order by k.run_id desc limit 1`;

/** Of that query as `s`. */
export const signaledColumns = `s.run_id as "signaledRunId", s.workflow_id as "signaledWorkflowId", s.status as "signaledStatus", s.fingerprint as "signalFingerprint"`;

export interface SignaledRow {
  readonly signaledRunId: RunId | null;
  readonly signaledWorkflowId: string;
  readonly signaledStatus: number;
  readonly signalFingerprint: string | null;
}

/** Nothing when no run was signaled. */
export function knownSignal(row: SignaledRow, fingerprint: string): KnownStart | undefined {
  if (!row.signaledRunId) return undefined;
  if (row.signalFingerprint !== fingerprint) return { outcome: 'key-reused' };
  return { outcome: 'signaled', runId: row.signaledRunId, workflowId: row.signaledWorkflowId, status: runStatus(row.signaledStatus) };
}

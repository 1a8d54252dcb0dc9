import { type RunId, type RunStart, runStatus, type StartOutcome } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'explain_starts',
  text: `
    select k.run_id as "keyedRunId", k.workflow_id as "keyedWorkflowId", k.status as "keyedStatus", k.start_fingerprint as fingerprint,
           o.run_id as "openRunId", o.status as "openStatus"
      from unnest($1::text[], $2::text[], $3::text[]) with ordinality as x (namespace, workflow_id, start_key, i)
      left join workflow_runs k on k.namespace = x.namespace and k.start_key = x.start_key
      left join workflow_runs o on o.namespace = x.namespace and o.workflow_id = x.workflow_id and o.closed_at is null
     order by x.i`,
};

interface Row {
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
  ]);
  return rows.map((row, i) => explain(row, starts[i]?.fingerprint));
}

function explain(row: Row, fingerprint: string | undefined): StartOutcome | undefined {
  if (row.keyedRunId) {
    if (row.fingerprint !== (fingerprint ?? null)) return { outcome: 'key-reused' };
    return { outcome: 'repeated', runId: row.keyedRunId, workflowId: row.keyedWorkflowId, status: runStatus(row.keyedStatus) };
  }
  return row.openRunId ? { outcome: 'open', runId: row.openRunId, status: runStatus(row.openStatus) } : undefined;
}

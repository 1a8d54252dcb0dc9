import { type RequestIntake, type RequestOutcome, type RunId, runStatus } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// The run that a request meant: the one it named, else the open one of its workflow id, else the latest (of those that continue one run
// when it asked for that).
const statement: Statement = {
  name: 'explain_requests',
  text: `
    select k.run_id as "keyedRunId", k.fingerprint, r.run_id as "runId", r.status, r.closed_at is null as "isOpen"
      from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::uuid[]) with ordinality as x (namespace, workflow_id, run_id, key, first_run_id, i)
      left join lateral (
        (select * from workflow_runs w where w.run_id = x.run_id and w.namespace = x.namespace and w.workflow_id = x.workflow_id)
        union all
        (select * from workflow_runs w
          where x.run_id is null and w.namespace = x.namespace and w.workflow_id = x.workflow_id and w.closed_at is null
            and (x.first_run_id is null or w.first_run_id = x.first_run_id))
        union all
        (select * from workflow_runs w
          where x.run_id is null and w.namespace = x.namespace and w.workflow_id = x.workflow_id
            and (x.first_run_id is null or w.first_run_id = x.first_run_id)
          order by w.run_id desc limit 1)
        limit 1) r on true
      left join request_keys k on k.first_run_id = r.first_run_id and k.key = x.key
     order by x.i`,
};

interface Row {
  readonly keyedRunId: RunId | null;
  readonly fingerprint: string | null;
  readonly runId: RunId | null;
  readonly status: number;
  readonly isOpen: boolean;
}

/** Why requests were not accepted, in their order. `undefined`: there is an open run by now, the request may be tried again. */
export async function explainRequests(
  executor: Executor,
  requests: readonly RequestIntake[],
): Promise<readonly (RequestOutcome | undefined)[]> {
  const rows = await executor.query<Row>(statement, [
    requests.map(({ namespace }) => namespace),
    requests.map(({ workflowId }) => workflowId),
    requests.map(({ runId }) => runId),
    requests.map(({ idempotencyKey }) => idempotencyKey),
    requests.map(({ firstRunId }) => firstRunId),
  ]);
  return rows.map(({ keyedRunId, fingerprint, runId, status, isOpen }, i) => {
    if (keyedRunId && fingerprint !== (requests[i]?.fingerprint ?? null)) return { outcome: 'key-reused' };
    if (keyedRunId) return { outcome: 'repeated', runId: keyedRunId };
    if (!runId) return { outcome: 'unknown' };
    return isOpen ? undefined : { outcome: 'closed', runId, status: runStatus(status) };
  });
}

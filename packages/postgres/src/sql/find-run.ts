import type { RunId, RunRow } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { fromRunRow, type RunColumns, runColumns } from './run-row.js';

// The open run, or else the one with the greatest id: each is one step in an index, and the second is taken only when it must be.
const latest: Statement = {
  name: 'find_latest_run',
  text: `
    select ${runColumns('run')}, run.memo
      from ((select * from workflow_runs where namespace = $1 and workflow_id = $2 and closed_at is null limit 1)
            union all
            (select * from workflow_runs where namespace = $1 and workflow_id = $2 order by run_id desc limit 1)) run
     limit 1`,
};

const named: Statement = {
  name: 'find_run',
  text: `select ${runColumns('run')}, run.memo from workflow_runs run where run_id = $3 and namespace = $1 and workflow_id = $2`,
};

/** The run, or the latest of that workflow id. */
export async function findRun(executor: Executor, namespace: string, workflowId: string, runId?: RunId): Promise<RunRow | undefined> {
  const [row] = runId
    ? await executor.query<RunColumns>(named, [namespace, workflowId, runId])
    : await executor.query<RunColumns>(latest, [namespace, workflowId]);
  return row && fromRunRow(row);
}

import { type RunId, type RunRow, runStatus, type ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { msOf } from './instants.js';

const columns = `run_id as "runId", workflow_id as "workflowId", workflow, task_queue as "taskQueue", shard, status,
       ${msOf('started_at')} as "startedAtMs", ${msOf('closed_at')} as "closedAtMs", last_seq as "lastSeq", awaited_signals as "awaitedSignals"`;

// The open run, or else the one with the greatest id: each is one step in an index, and the second is taken only when it must be.
const latest: Statement = {
  name: 'find_latest_run',
  text: `
    select ${columns}
      from ((select * from workflow_runs where namespace = $1 and workflow_id = $2 and closed_at is null limit 1)
            union all
            (select * from workflow_runs where namespace = $1 and workflow_id = $2 order by run_id desc limit 1)) run
     limit 1`,
};

const named: Statement = {
  name: 'find_run',
  text: `select ${columns} from workflow_runs where run_id = $3 and namespace = $1 and workflow_id = $2`,
};

type Row = Omit<RunRow, 'shard' | 'status' | 'closedAtMs' | 'awaitedSignals'> & {
  readonly shard: ShardId;
  readonly status: number;
  readonly closedAtMs: number | null;
  readonly awaitedSignals: string | null;
};

/** The run, or the latest of that workflow id. */
export async function findRun(executor: Executor, namespace: string, workflowId: string, runId?: RunId): Promise<RunRow | undefined> {
  const [row] = runId
    ? await executor.query<Row>(named, [namespace, workflowId, runId])
    : await executor.query<Row>(latest, [namespace, workflowId]);
  return (
    row && {
      ...row,
      status: runStatus(row.status),
      closedAtMs: row.closedAtMs ?? undefined,
      awaitedSignals: row.awaitedSignals === null ? [] : (JSON.parse(row.awaitedSignals) as string[]),
    }
  );
}

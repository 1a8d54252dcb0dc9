import { type Refusal, type RunId, runStatus } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'explain_refusals',
  text: `
    select w.run_id as "runId", w.shard, w.last_seq as "lastSeq", w.status, w.requests_accepted as "requestsAccepted", s.epoch
      from workflow_runs w join shards s on s.id = w.shard
     where w.run_id = any ($1::uuid[])`,
};

export async function explainRefusals(executor: Executor, runIds: readonly RunId[]): Promise<readonly Refusal[]> {
  const rows = await executor.query<Omit<Refusal, 'status'> & { readonly status: number }>(statement, [runIds]);
  return rows.map((row) => ({ ...row, status: runStatus(row.status) }));
}

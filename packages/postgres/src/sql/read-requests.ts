import type { PendingRequest, RunId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';
import { fromRequestRow, type RequestRow } from './request-row.js';

const statement: Statement = {
  name: 'read_requests',
  text: `select run_id as "runId", n, shard, kind, data, payload from run_requests where run_id = any ($1::uuid[]) order by run_id, n`,
};

export async function readRequests(executor: Executor, runIds: readonly RunId[]): Promise<readonly PendingRequest[]> {
  return (await executor.query<RequestRow>(statement, [runIds])).map(fromRequestRow);
}

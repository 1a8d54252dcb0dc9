import { type RunRow, runStatus } from '@marathon/core';
import { msOf } from './instants.js';

/** What a reader is told of a run, from the row `table` stands for. */
export const runColumns = (table: string): string =>
  `${table}.run_id as "runId", ${table}.workflow_id as "workflowId", ${table}.workflow, ${table}.task_queue as "taskQueue", ${table}.shard, ${table}.status,
       ${msOf(`${table}.started_at`)} as "startedAtMs", ${msOf(`${table}.closed_at`)} as "closedAtMs", ${table}.last_seq as "lastSeq",
       ${table}.awaited_signals as "awaitedSignals"`;

export type RunColumns = Omit<RunRow, 'status' | 'closedAtMs' | 'awaitedSignals'> & {
  readonly status: number;
  readonly closedAtMs: number | null;
  readonly awaitedSignals: string | null;
};

export const fromRunRow = (row: RunColumns): RunRow => ({
  ...row,
  status: runStatus(row.status),
  closedAtMs: row.closedAtMs ?? undefined,
  awaitedSignals: row.awaitedSignals === null ? [] : (JSON.parse(row.awaitedSignals) as string[]),
});

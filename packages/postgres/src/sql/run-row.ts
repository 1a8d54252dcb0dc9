import { type Payload, type RunRow, runStatus } from '@marathon/core';
import { msOf } from './instants.js';

/** What a reader is told of a run, from the row `table` stands for. */
export const runColumns = (table: string): string =>
  `${table}.run_id as "runId", ${table}.workflow_id as "workflowId", ${table}.workflow, ${table}.task_queue as "taskQueue", ${table}.shard, ${table}.status,
       ${msOf(`${table}.started_at`)} as "startedAtMs", ${msOf(`${table}.closed_at`)} as "closedAtMs", ${table}.last_seq as "lastSeq",
       ${table}.awaited_signals as "awaitedSignals", ${table}.status_text as "statusText"`;

export type RunColumns = Omit<RunRow, 'status' | 'closedAtMs' | 'awaitedSignals' | 'statusText' | 'memo'> & {
  readonly status: number;
  readonly closedAtMs: number | null;
  readonly awaitedSignals: string | null;
  readonly statusText: string | null;
  /** Where it was asked for. */
  readonly memo?: Payload | null;
};

export const fromRunRow = ({ statusText, memo, ...row }: RunColumns): RunRow => ({
  ...row,
  status: runStatus(row.status),
  closedAtMs: row.closedAtMs ?? undefined,
  awaitedSignals: row.awaitedSignals === null ? [] : (JSON.parse(row.awaitedSignals) as string[]),
  ...(statusText && { statusText }),
  ...(memo && { memo }),
});

import type { HistoryEvent } from '../history/event.js';
import type { RunId, ShardId } from '../ids.js';
import type { RunStatus } from '../run/status.js';

/** What a gateway reads. Everything it answers was committed before the question was asked. */
export interface RunReader {
  /** The run, or the latest of that workflow id when `runId` is absent. */
  find(namespace: string, workflowId: string, runId?: RunId): Promise<RunRow | undefined>;
  /** Newest first: below `beforeRunId` in the order of run ids, which is the order of starts. */
  list(query: RunListQuery): Promise<readonly RunRow[]>;
  /**
   * In the order of seq, from after `afterSeq`: at most `limit` events, and fewer when they are large (one at least while there are
   * any, so that an empty list says that there are no more).
   */
  readHistory(runId: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]>;
  /** The closing event of each closed run; open and unknown runs are left out. */
  readClosings(runIds: readonly RunId[]): Promise<readonly { readonly runId: RunId; readonly closing: HistoryEvent }[]>;
}

export interface RunListQuery {
  readonly namespace: string;
  readonly status?: RunStatus;
  readonly workflow?: string;
  readonly workflowId?: string;
  readonly beforeRunId?: RunId;
  readonly limit: number;
}

export interface RunRow {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly taskQueue: string;
  readonly shard: ShardId;
  readonly status: RunStatus;
  readonly startedAtMs: number;
  readonly closedAtMs: number | undefined;
  readonly lastSeq: number;
  readonly awaitedSignals: readonly string[];
}

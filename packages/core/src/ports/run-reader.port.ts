import type { HistoryEvent } from '../history/event.js';
import type { RunId, ShardId } from '../ids.js';
import type { RunRequest } from '../messages/message.js';
import type { CodeWaits } from '../run/code-waits.js';
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
  /** What is known of a run beside its history, for who asks why it does not go on; nothing for an unknown one. */
  readSurroundings(runId: RunId): Promise<RunSurroundings | undefined>;
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

/** At most so many waiting requests are read of a run, and so many of the oldest outbox entries are searched for it. */
export const surroundingRequestsMax = 100;
export const surroundingEntriesMax = 1_000;

export interface RunSurroundings {
  /** Where the history was when the row was written that these are of. */
  readonly lastSeq: number;
  /** See `wakeCause`. */
  readonly wakeCauses: number;
  readonly awaitedSignals: readonly string[];
  readonly codeWaits: CodeWaits;
  /** The process that gained the run's shard last; absent when none ever did. */
  readonly owner: string | undefined;
  /** Accepted and in no history yet, by ascending number, without what was sent. */
  readonly requests: readonly { readonly kind: RunRequest['kind']; readonly name?: string; readonly acceptedAtMs: number }[];
  /** Since when messages that its history calls for wait to be published. */
  readonly unpublishedSinceMs: number | undefined;
}

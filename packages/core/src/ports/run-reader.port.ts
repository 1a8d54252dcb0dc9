import type { HistoryEvent } from '../history/event.js';
import type { RunId, ShardId } from '../ids.js';
import type { RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import type { CodeWaits } from '../run/code-waits.js';
import type { RunStatus } from '../run/status.js';
import type { Condition, GroupField, Literal, Ordering } from '../search/condition.js';
import type { SearchAttributes } from '../search/search-attributes.js';
import type { LimitReader } from './limit-store.port.js';
import type { StartOutcome } from './run-intake.port.js';
import type { OpenApproval } from './run-store.port.js';

/** What a gateway reads. Everything it answers was committed before the question was asked. */
export interface RunReader extends LimitReader {
  /** The run, or the latest of that workflow id when `runId` is absent. */
  find(namespace: string, workflowId: string, runId?: RunId): Promise<RunRow | undefined>;
  /** What `RunIntake.start` answers to a start whose key is known; nothing when it is not. */
  findStarted(start: KeyedStart): Promise<KnownStart | undefined>;
  /** Whether a request was accepted under this key, by the run or by another in its chain of continuations. */
  hasAccepted(runId: RunId, idempotencyKey: string): Promise<boolean>;
  /** In the order asked for, from behind `after`. @throws SearchTooSlowError */
  search(search: RunSearch): Promise<readonly FoundRun[]>;
  /** How many runs there are, exactly up to `countMax`. @throws SearchTooSlowError */
  count(count: RunCount): Promise<Counted>;
  /** The same by the values of a field, the largest groups first. @throws SearchTooSlowError */
  countBy(field: GroupField, count: RunCount & { readonly groupsMax: number }): Promise<CountedGroups>;
  /** The current ones of each run; runs that have none are left out. */
  readSearchAttributes(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, SearchAttributes>>;
  /**
   * In the order of seq, from after `afterSeq`: at most `limit` events, and fewer when they are large (one at least while there are
   * any, so that an empty list says that there are no more).
   */
  readHistory(runId: RunId, afterSeq: number, limit: number): Promise<readonly HistoryEvent[]>;
  /** The closing event of each closed run; open and unknown runs are left out. */
  readClosings(runIds: readonly RunId[]): Promise<readonly { readonly runId: RunId; readonly closing: HistoryEvent }[]>;
  /** What is known of a run beside its history, for who asks why it does not go on; nothing for an unknown one. */
  readSurroundings(runId: RunId): Promise<RunSurroundings | undefined>;
  /** An activity of a run, with what was recorded of it; nothing when there is no such run or activity. */
  findActivity(query: ActivityQuery): Promise<ActivityRow | undefined>;
  /** Approvals that nobody has answered, the longest open runs first: behind `after` in the order of run ids, then of seqs. */
  listApprovals(query: ApprovalQuery): Promise<readonly ApprovalRow[]>;
}

export interface KeyedStart {
  readonly namespace: string;
  readonly idempotencyKey: string;
  readonly fingerprint: string | undefined;
  /** As of `RunStart`, for the runs of this workflow id. */
  readonly signal?: { readonly workflowId: string; readonly fingerprint: string };
}

export type KnownStart = Extract<StartOutcome, { readonly outcome: 'repeated' | 'signaled' | 'key-reused' }>;

export interface ApprovalQuery {
  readonly namespace: string;
  readonly assignee?: string;
  readonly after?: Pick<ApprovalRow, 'runId' | 'activitySeq'>;
  readonly limit: number;
}

export interface ApprovalRow extends OpenApproval {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
}

export interface ActivityQuery {
  readonly namespace: string;
  readonly runId: RunId;
  readonly activitySeq: number;
  /** Whether a request was accepted under it is told, too. */
  readonly idempotencyKey: string;
}

export interface ActivityRow {
  readonly run: RunRow;
  /** In the order of seq, its `ActivityScheduled` first, which has no input here. */
  readonly events: readonly HistoryEvent[];
  /** What was accepted under the key. */
  readonly request?: { readonly fingerprint: string | undefined };
}

export interface RunSearch {
  readonly namespace: string;
  /** Its literals fit their fields, as a query's do that was parsed. Default: all runs. */
  readonly where?: Condition;
  readonly orderBy: Ordering;
  /** Where the page before ended. */
  readonly after?: SearchPosition;
  readonly limit: number;
}

/** A place in an order: no two runs have the same. */
export interface SearchPosition {
  readonly runId: RunId;
  /** The value that the order goes by, as the store writes it; absent of a run that has none, and in the order of starts. */
  readonly sortKey?: string;
}

export type FoundRun = RunRow & SearchPosition;

export interface RunCount {
  readonly namespace: string;
  readonly where?: Condition;
  /** No more are counted. */
  readonly countMax: number;
}

export interface Counted {
  readonly count: number;
  /** False when there are more than could be counted. */
  readonly isExact: boolean;
}

export interface CountedGroups {
  /** `null` for runs without a value. A run counts once for each element of a list. */
  readonly groups: readonly { readonly value: Literal | null; readonly count: number }[];
  /** False when there are more groups, or more than could be counted. */
  readonly isExact: boolean;
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
  /** What the code says of where the run stands. */
  readonly statusText?: string;
  /** The memo as the code has changed it, as JSON; lists leave it out. */
  readonly memo?: Payload;
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

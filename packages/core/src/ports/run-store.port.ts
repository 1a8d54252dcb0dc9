import type { HistoryEvent, TypedEvent } from '../history/event.js';
import type { OutboxEntryId, OwnedShard, RunId, Shard, ShardId } from '../ids.js';
import type { LimitChanges } from '../limits/limit-changes.js';
import type { RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import type { CodeWaits } from '../run/code-waits.js';
import type { MapChanges, StoredMaps } from '../run/maps.js';
import type { RunStatus } from '../run/status.js';
import type { SearchAttributes } from '../search/search-attributes.js';

/**
 * What the owner of shards needs from the event log. What an implementation promises:
 *
 *  L1  A commit is atomic for each run and durable when it resolves: the run's row, its history, its successor, the outbox
 *      reference, the requests it took. A refused run leaves nothing, and the others of the batch commit.
 *  L2  A run advances only when its `lastSeq` is the expected one and its shard's epoch is the committer's.
 *  L3  A run that closes advances only when it has taken every request that was accepted.
 *  L4  Histories are gapless: `events` of an advance are numbered `expectedSeq + 1 …`.
 *  L5  What a run's maps have beside its history is written and removed with its advance, which is refused when somebody else wrote there.
 *  L6  Updates that an owner accepts itself are numbered and keyed with its advance, which is refused when other requests were accepted
 *      meanwhile, or one of their keys is known.
 */
export interface RunStore {
  /** Raises the epochs and names the owner; committed when it resolves. In the order of `shards`. */
  gainShards(shards: readonly Shard[], owner: string): Promise<readonly OwnedShard[]>;
  /** Which of these are still ours. Ask after an answer is computed, not before. */
  ownedShards(shards: readonly OwnedShard[]): Promise<ReadonlySet<ShardId>>;
  /** @throws CommitOutcomeUnknownError when the connection was lost meanwhile: the caller reloads. */
  commit(batch: CommitBatch): Promise<CommitOutcome>;
  /**
   * Rows and whole histories, for open and closed runs alike, in the order of `runIds`; an unknown run is left out. The first has all that
   * it has; the others follow as long as they fit within `atMost` beside those before them.
   */
  loadRuns(runIds: readonly RunId[], atMost?: HistoryBound): Promise<LoadedRuns>;
  /** Why each was refused; an unknown run is left out. */
  explainRefusals(runIds: readonly RunId[]): Promise<readonly Refusal[]>;
  /** Open runs whose lower bound is not after `untilMs`, earliest first. A bound may lie before the earliest deadline, or be there without one. */
  readWakeUps(shards: readonly ShardId[], untilMs: number, limit: number): Promise<readonly WakeUp[]>;
  /** Moves the bounds of idle runs forward to what their owner knows; refused ones are skipped. */
  correctWakeUps(shards: readonly OwnedShard[], wakeUps: readonly CorrectedWakeUp[]): Promise<void>;
  /** Open runs that have one of `causes`, by ascending id from after `afterRunId`. */
  readRunsWaitingFor(
    shards: readonly ShardId[],
    causes: number,
    afterRunId: RunId | undefined,
    limit: number,
  ): Promise<readonly { readonly runId: RunId; readonly shard: ShardId }[]>;
  /**
   * Open runs that started before `startedBeforeMs` and have one of `causes`, or none at all, by ascending id from after `afterRunId`.
   * It may end early, having passed over many others: `after` is where to go on, and absent at the end.
   */
  readRunsToAudit(query: AuditQuery): Promise<AuditPage>;
  /**
   * Requests that wait for these runs, beyond those they have taken: of each run by ascending n, from its first on, without a gap. One is
   * there of the first run that has some, whatever it holds; the others as long as they fit within `atMost`, the first of each run before
   * the second of any.
   */
  readRequests(runs: readonly RunTaken[], atMost?: RequestBound): Promise<WaitingRequests>;
  /** Whom requests wait for that were accepted at least `olderThanMs` ago and no commit has taken yet: once for each, oldest first. */
  readWaitingRequests(
    shards: readonly ShardId[],
    olderThanMs: number,
    limit: number,
  ): Promise<readonly { readonly runId: RunId; readonly shard: ShardId }[]>;
  /** Heartbeat details that outlive the owner, fenced by its epochs. */
  saveHeartbeats(shards: readonly OwnedShard[], heartbeats: readonly SavedHeartbeat[]): Promise<void>;
}

export interface CommitBatch {
  /** Whose entry it is: the sweeper finds what this process left behind by it. */
  readonly source: string;
  /** The shards of the advances, with the epochs to prove. */
  readonly shards: readonly OwnedShard[];
  /** Of a run at most one. */
  readonly advances: readonly RunAdvance[];
  /** Entries that were published since the last commit. */
  readonly published: readonly OutboxEntryId[];
}

export interface RunAdvance {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly expectedSeq: number;
  /** May be empty while the run stays open: then only the row's status and wake cause follow. The last one closes a run that closes. */
  readonly events: readonly HistoryEvent[];
  readonly status: RunStatus;
  /** The earliest deadline that the owner knows, or none. Stored as a lower bound. */
  readonly wakesAtMs: number | undefined;
  readonly wakeCauses: number;
  /** Names of the signals it waits for. */
  readonly awaitedSignals: readonly string[];
  readonly codeWaits?: CodeWaits | undefined;
  /** The highest request number that is in the history. */
  readonly taken: number;
  /** The whole set that the run has from now on, `{}` for none; present only when it changed. Those of a start are in its event. */
  readonly searchAttributes?: SearchAttributes;
  /** What the code says of where the run stands, empty for nothing; present only when it changed. */
  readonly statusText?: string;
  /** The whole memo that the run has from now on, as JSON; present only when it changed. That of a start is in its event. */
  readonly memo?: Payload;
  /** Present when something of the run comes under a limit, or leaves it. */
  readonly limits?: LimitChanges;
  /** Present when the list of open approvals changes. */
  readonly approvals?: ApprovalChanges;
  /** Present when what is kept beside the history of open maps changes: it is refused unless `expected` is the last record there was. */
  readonly maps?: MapChanges;
  /** Updates that the owner accepts itself, by ascending n, up to `taken`. */
  readonly accepted?: readonly AcceptedUpdate[];
  /** Inserted with it, or not at all. */
  readonly successor?: Successor;
}

/** Its number is the one after the last request that was accepted before, as far as the owner knows. */
export interface AcceptedUpdate {
  readonly n: number;
  readonly idempotencyKey: string;
  readonly fingerprint: string;
}

/** Written with the advance that causes it. */
export interface ApprovalChanges {
  /** New ones, and those that changed. */
  readonly opened: readonly OpenApproval[];
  /** By `activitySeq`. */
  readonly closed: readonly number[];
}

/** What somebody is asked, and has not answered. */
export interface OpenApproval {
  readonly activitySeq: number;
  readonly title: string;
  readonly assignee: string | undefined;
  readonly openedAtMs: number;
  readonly deadlineMs: number | undefined;
  /** Still to come: when it becomes another's, and whose. */
  readonly escalation: { readonly atMs: number; readonly assignee: string } | undefined;
}

export interface Successor {
  readonly runId: RunId;
  readonly started: TypedEvent<'WorkflowStarted'>;
  /** The earliest deadline: of the run's time-out or its start delay. */
  readonly wakesAtMs?: number;
}

export interface CommitOutcome {
  readonly advanced: ReadonlySet<RunId>;
  /** Absent when no run advanced. */
  readonly entry: OutboxEntryId | undefined;
}

/** Of several runs together. */
export interface HistoryBound {
  readonly events: number;
  /** Of what histories, records of maps and heartbeats say, as UTF-8. */
  readonly bytes: number;
}

/** What is read of histories at a time, unless one run alone has more: what it takes in memory is a small multiple of it. */
export const historyBound: HistoryBound = { events: 20_000, bytes: 16 * 1024 * 1024 };

export interface LoadedRuns {
  readonly runs: readonly StoredRun[];
  /** Those that did not fit, in their order: they are to be asked for again. */
  readonly left: readonly RunId[];
}

export interface StoredRun {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly status: RunStatus;
  readonly lastSeq: number;
  /** The requests accepted so far: the number of the last one. */
  readonly requestsAccepted: number;
  readonly history: readonly HistoryEvent[];
  readonly heartbeats: readonly SavedHeartbeat[];
  /** Of the same moment as the history; absent for a run that never had a map. */
  readonly maps?: StoredMaps;
}

export type Refusal = {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly lastSeq: number;
  readonly status: RunStatus;
  readonly requestsAccepted: number;
  /** The epoch in PostgreSQL now. */
  readonly epoch: number;
};

export interface WakeUp {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly atMs: number;
}

export interface AuditQuery {
  readonly shards: readonly ShardId[];
  readonly causes: number;
  readonly startedBeforeMs: number;
  readonly afterRunId: RunId | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly runs: readonly AuditedRun[];
  readonly after: RunId | undefined;
}

export interface AuditedRun {
  readonly runId: RunId;
  readonly shard: ShardId;
  /** See `wakeCause`. */
  readonly wakeCauses: number;
}

export interface CorrectedWakeUp {
  readonly runId: RunId;
  readonly shard: ShardId;
  /** The seq it had when the owner looked. */
  readonly lastSeq: number;
  /** The number of the last record of its maps then: what happens to items is no event. Default 0. */
  readonly lastMapRecord?: number;
  readonly atMs: number | undefined;
}

export interface RunTaken {
  readonly runId: RunId;
  /** The highest request number that it has taken, committed or not. */
  readonly taken: number;
}

/** Of several runs together. */
export interface RequestBound {
  readonly requests: number;
  /** Of what they say, as UTF-8. */
  readonly bytes: number;
}

/** What is read of requests at a time: one commit records them. */
export const requestBound: RequestBound = { requests: 1_000, bytes: 4 * 1024 * 1024 };

export interface WaitingRequests {
  readonly requests: readonly PendingRequest[];
  /** Those for which more are waiting: they are to be asked for again. */
  readonly left: ReadonlySet<RunId>;
}

export interface PendingRequest {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly request: RunRequest;
}

export interface SavedHeartbeat {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly activitySeq: number;
  readonly attempt: number;
  readonly details: Payload;
}

/** Why an open run will move again, as bits: `start` until its first advance, then written with every one; read when a shard is gained. */
export const wakeCause = {
  start: 1,
  step: 2,
  activity: 4,
  timer: 8,
  signal: 16,
  deployment: 32,
  condition: 64,
  /** Something is to be asked of another run. */
  outgoingRequest: 128,
  /** A child has not closed. */
  child: 256,
  /** There is no room under a limit. */
  limit: 512,
  /** Its code awaits what is not durable: other code of the run may settle it, in a handler. */
  promise: 1024,
} as const;

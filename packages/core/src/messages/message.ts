import type { ActivityTimeout, Failure } from '../failure.js';
import type { ChildClosing, HistoryEvent, TypedEvent } from '../history/event.js';
import type { RunId, ShardAddress } from '../ids.js';
import type { Payload } from '../payload.js';
import type { ClosedStatus } from '../run/status.js';

/**
 * What the roles tell each other, as the engine means it; `@marathon/protocol` says how each is written on the wire.
 * Any of them may come twice, late, or never: ids, attempts and request numbers make that harmless.
 */
export type Message =
  | ShardMessage
  | TaskMessage
  | ActivityCancelRequestedMessage
  | ActivityClaimAnsweredMessage
  | RunClosedMessage
  | RunAnsweredMessage
  | RunEventsMessage
  | DeadLetterMessage;

/** Messages to the owner of a run's shard. */
export type ShardMessage = (
  | RunStartedMessage
  | RequestAcceptedMessage
  | ActivityFinishedMessage
  | ActivityDeferredMessage
  | ActivityAnnouncedMessage
  | ActivityClaimRequestedMessage
  | LeasesRenewedMessage
  | ResultAwaitedMessage
  | QueryRequestedMessage
  | UpdateAwaitedMessage
  | UpdateOfferedMessage
  | ChildClosedMessage
) &
  Forwardable;

/** True when the owner of another shard sent it on: nobody does so a second time. */
export interface Forwardable {
  readonly forwarded?: boolean;
}

/** A run was started; it carries the first event, so that its owner need not read it, unless that is too large for a message. */
export interface RunStartedMessage {
  readonly kind: 'run-started';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly started?: TypedEvent<'WorkflowStarted'>;
  readonly replyTo?: ReplyAddress;
  readonly redelivered?: boolean;
}

/** A request of somebody outside to a run, as it is numbered and stored. */
export type RunRequest =
  | { readonly kind: 'signal'; readonly n: number; readonly name: string; readonly payload?: Payload }
  | { readonly kind: 'cancel'; readonly n: number; readonly reason?: string }
  | { readonly kind: 'terminate'; readonly n: number; readonly reason?: string }
  | { readonly kind: 'resume'; readonly n: number }
  | { readonly kind: 'update'; readonly n: number; readonly updateId: string; readonly name: string; readonly payload?: Payload }
  | ActivityRequest
  | AdmissionRequest;

/** There is room under the limits of the run, or of an activity of it. */
export type AdmissionRequest = NewAdmission & { readonly n: number };

export type NewAdmission =
  | { readonly kind: 'admit-run' }
  | { readonly kind: 'admit-activity'; readonly activitySeq: number; readonly attempt: number };

/** How an attempt ended, from somebody who has its token. */
export type ActivityRequest =
  | {
      readonly kind: 'complete-activity';
      readonly n: number;
      readonly activitySeq: number;
      readonly attempt: number;
      readonly payload?: Payload;
      /** Who answered, when it is an approval. */
      readonly answeredBy?: string;
    }
  | {
      readonly kind: 'fail-activity';
      readonly n: number;
      readonly activitySeq: number;
      readonly attempt: number;
      readonly failure: Failure;
    };

/** The nudge that spares the owner a read, unless the request is too large for a message; the row in `run_requests` is what counts. */
export interface RequestAcceptedMessage {
  readonly kind: 'request-accepted';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly n: number;
  readonly request?: RunRequest;
  /** Of a gateway that waits for the answer to an update. */
  readonly replyTo?: ReplyAddress;
}

export interface AttemptRef {
  readonly runId: RunId;
  readonly activitySeq: number;
  readonly attempt: number;
}

export type AttemptOutcome =
  | { readonly outcome: 'completed'; readonly result?: Payload }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  /** The attempt ran into its own start-to-close or heartbeat time-out. */
  | { readonly outcome: 'timed-out'; readonly timeout: Extract<ActivityTimeout, 'startToClose' | 'heartbeat'> }
  /** The worker stops, or does not know the activity: no attempt is used, it is sent again after a while. */
  | { readonly outcome: 'handed-back'; readonly reason: string };

export type ActivityFinishedMessage = AttemptRef &
  AttemptOutcome & {
    readonly kind: 'activity-finished';
    readonly to: ShardAddress;
    /** The details of the last heartbeat, when there were any. */
    readonly heartbeatDetails?: Payload;
  };

/** The attempt's code has ended without an outcome: that comes from whoever has its token. It may have come already. */
export interface ActivityDeferredMessage extends AttemptRef {
  readonly kind: 'activity-deferred';
  readonly to: ShardAddress;
  readonly heartbeatDetails?: Payload;
}

/** A worker is at it and will renew the lease. */
export interface ActivityAnnouncedMessage extends AttemptRef {
  readonly kind: 'activity-announced';
  readonly to: ShardAddress;
  readonly worker: string;
}

/** All the leases that a worker holds in one shard, renewed at once, with what the code reported since. */
export interface LeasesRenewedMessage {
  readonly kind: 'leases-renewed';
  readonly to: ShardAddress;
  readonly worker: string;
  readonly leases: readonly (AttemptRef & {
    /** Present when the code sent a heartbeat since the last renewal. */
    readonly heartbeat?: { readonly atMs: number; readonly details?: Payload };
  })[];
}

/** A worker asks for attempts that another may have begun, all of them in one shard, and begins none before it is answered. */
export interface ActivityClaimRequestedMessage {
  readonly kind: 'activity-claim-requested';
  readonly to: ShardAddress;
  readonly worker: string;
  /** At least one. */
  readonly claims: readonly AttemptRef[];
  readonly replyTo: ReplyAddress;
}

/** Which partition of `marathon.replies` a gateway or a worker reads, and what it calls the question. */
export interface ReplyAddress {
  readonly partition: number;
  readonly correlationId: string;
}

/** A gateway waits for a run to close. Answered at once when it is closed; asked again by the gateway when no answer comes. */
export interface ResultAwaitedMessage {
  readonly kind: 'result-awaited';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly replyTo: ReplyAddress;
}

/** A gateway asks the code of a run something. Asked again by the gateway when no answer comes. */
export interface QueryRequestedMessage {
  readonly kind: 'query-requested';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly name: string;
  readonly input?: Payload;
  readonly replyTo: ReplyAddress;
}

/** A gateway waits for the answer to an update. Answered at once when there is one; asked again by the gateway when no answer comes. */
export interface UpdateAwaitedMessage {
  readonly kind: 'update-awaited';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly updateId: string;
  readonly replyTo: ReplyAddress;
}

/**
 * An update that nobody has accepted yet. The owner of a run in memory accepts it with the commit that records it, which spares the
 * gateway's own; or it declines, and the gateway has it accepted as every request is. The same id is the same update either way.
 */
export interface UpdateOfferedMessage {
  readonly kind: 'update-offered';
  readonly to: ShardAddress;
  readonly runId: RunId;
  readonly updateId: string;
  readonly name: string;
  readonly payload?: Payload;
  /** Tells it from another request under its id. */
  readonly fingerprint: string;
  readonly replyTo: ReplyAddress;
}

/** A run that another had started has closed, for good: `runId` is the parent. */
export interface ChildClosedMessage extends ChildClosing {
  readonly kind: 'child-closed';
  readonly to: ShardAddress;
  readonly runId: RunId;
  /** Of the `ChildWorkflowInitiated` in the parent's history. */
  readonly childSeq: number;
  readonly childWorkflowId: string;
  /** The child's first run, and the one that closed: the same unless it was continued. */
  readonly childRunId: RunId;
  readonly closedRunId: RunId;
  readonly result?: Payload;
  /** True when the outcome is too large for a message: the parent's owner reads it from the history of the run that closed. */
  readonly outcomeOmitted?: boolean;
}

/** One attempt of an activity, for the workers of a task queue. */
export interface TaskMessage extends AttemptRef {
  readonly kind: 'activity-task';
  readonly taskQueue: string;
  readonly activity: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly input?: Payload;
  /** What the last attempt reported with its last heartbeat. */
  readonly heartbeatDetails?: Payload;
  readonly startToCloseTimeoutMs: number;
  /** Where all attempts must be over, milliseconds since 1970. */
  readonly deadlineMs?: number;
  readonly heartbeatTimeoutMs?: number;
  /** True when the time until the start is limited, so that the worker must announce it at once rather than after 2 s. */
  readonly announceAtOnce: boolean;
  readonly replyTo: ShardAddress;
  /** What a worker makes the attempt's token from, of all tasks of the queue. Added where messages are published: no history holds it. */
  readonly tokenKey?: string;
  /** Where a worker reads an input that is too large for a message, and where it brings such a result. Added like the key. */
  readonly inputAddress?: string;
  readonly gatewayUrl?: string;
  readonly redelivered?: boolean;
}

/** To all workers: whoever runs an attempt of this activity should abort it. */
export interface ActivityCancelRequestedMessage {
  readonly kind: 'activity-cancel-requested';
  readonly runId: RunId;
  readonly activitySeq: number;
}

/**
 * The answer to a worker that claims; it may leave attempts out, and answer them with another. What is granted counts as announced:
 * its lease has begun. What is refused is another's, or over.
 */
export interface ActivityClaimAnsweredMessage {
  readonly kind: 'activity-claim-answered';
  readonly to: ReplyAddress;
  readonly answers: readonly (AttemptRef & { readonly isGranted: boolean })[];
}

/** The answer to a gateway that waits. */
export interface RunClosedMessage {
  readonly kind: 'run-closed';
  readonly to: ReplyAddress;
  readonly runId: RunId;
  readonly status: ClosedStatus;
  /** True when the outcome is too large for a message: the gateway reads it from the history. */
  readonly outcomeOmitted?: boolean;
  readonly result?: Payload;
  readonly failure?: Failure;
}

/** What a run answers to a query or an update. */
export interface RunAnsweredMessage {
  readonly kind: 'run-answered';
  readonly to: ReplyAddress;
  readonly runId: RunId;
  /**
   * `rejected`: the validator of an update refused it. `unknown`: the code has no such handler, or, without `seq`, no such update was
   * ever sent. `closed`: the run closed before a handler took the update up. `unanswerable`: there is no code to ask, for a reason that
   * is given. `declined`: the owner has not accepted the update that it was offered.
   */
  readonly outcome: 'completed' | 'failed' | 'rejected' | 'unknown' | 'closed' | 'unanswerable' | 'declined';
  /** The event that records the answer to an update. */
  readonly seq?: number;
  /** True when result or failure are too large for a message: those of an update stand in the history. */
  readonly outcomeOmitted?: boolean;
  readonly result?: Payload;
  readonly failure?: Failure;
  /** The handlers that there are. */
  readonly names?: readonly string[];
  readonly reason?: string;
}

/** What commits added to histories, for everybody who watches; no events where they are too large for a message. A hint: readers fill gaps by `seq`. */
export interface RunEventsMessage {
  readonly kind: 'run-events';
  readonly runs: readonly RunEvents[];
}

export interface RunEvents {
  readonly runId: RunId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly events: readonly HistoryEvent[];
}

/** Why something is a dead letter; all but the last say that a message cannot be read. */
export type DeadLetterReason = 'malformed' | 'unknown-type' | 'unknown-version' | 'misplaced' | 'attempts-exhausted';

/** What could not be worked on, kept for people who look at it and send it again. */
export interface DeadLetterMessage {
  readonly kind: 'dead-letter';
  readonly reason: DeadLetterReason;
  /** The reason in words. */
  readonly explanation: string;
  /** A message that was passed over. */
  readonly found?: FoundMessage;
  /** Or the last attempt of an activity whose retry policy asks for it. */
  readonly task?: TaskMessage;
  /** True when the task has an input that was too large for a message. */
  readonly inputOmitted?: boolean;
  readonly failure?: Failure;
}

/** A message as and where it was found. */
export interface FoundMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestampMs: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
  /** How much of the value was too large for a message. */
  readonly omittedChars?: number;
}

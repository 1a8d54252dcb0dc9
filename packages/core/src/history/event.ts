import type { ActivityTimeout, Failure } from '../failure.js';
import type { RunId, ShardAddress } from '../ids.js';
import type { LimitOptions } from '../limits/limit-options.js';
import type { Payload } from '../payload.js';
import type { RecordedActivityOptions } from '../run/activity-options.js';
import type { RecordedChildOptions } from '../run/child-options.js';
import type { ClosedStatus } from '../run/status.js';
import type { SearchAttributes, SearchAttributeValue } from '../search/search-attributes.js';
import type { MapEventData } from './map-events.js';

/**
 * What can happen to a run, by type. An event's `data` is small and has this shape; what the user sent or got back stands
 * beside it as `payload`. `seq` numbers without gaps from 1, `at` never goes back.
 *
 * The word `activity` + `Seq` always means the seq of that activity's `ActivityScheduled`, likewise `timerSeq`, `childSeq` (of the
 * `ChildWorkflowInitiated`) and `requestSeq` (of the `ExternalSignalRequested` or `ExternalCancelRequested`).
 */
export interface EventData extends MapEventData {
  /** payload: the input */
  WorkflowStarted: {
    readonly workflow: string;
    readonly workflowId: string;
    readonly taskQueue: string;
    readonly memo?: Readonly<Record<string, unknown>>;
    readonly searchAttributes?: SearchAttributes;
    readonly runTimeoutMs?: number;
    readonly startDelayMs?: number;
    /** Set by continue-as-new: the run before, and what it had received and not consumed. */
    readonly continuedFrom?: RunId;
    readonly firstRunId?: RunId;
    /** Set when a run started it: it is told how this one ends, or the last of those that continue it. */
    readonly parent?: ParentRun;
    readonly signals?: readonly { readonly name: string; readonly payload?: Payload }[];
    /** Set by continue-as-new: what the run before held under its limits is this one's. */
    readonly hasPlace?: true;
  } & LimitOptions;
  /** Code does not run until `WorkflowAdmitted`. These are the limits under which it waits. */
  WorkflowQueued: LimitOptions;
  /** There is room for the run under its limits: code runs from here on. `n` is the number of the request. */
  WorkflowAdmitted: { readonly n: number };
  /** The delay asked for at the start is over: code runs from here on. */
  WorkflowStartDelayElapsed: Record<never, never>;
  /** payload: the input. An approval is an activity that no worker gets: a person brings its outcome. */
  ActivityScheduled: { readonly activity: string } & RecordedActivityOptions;
  /** A worker announced that it is at it. Recorded only for attempts that outlive a short time, or that ask for it. */
  ActivityStarted: { readonly activitySeq: number; readonly attempt: number; readonly worker: string };
  /** The worker's code has ended without a result: somebody else brings it, by the attempt's token. payload: the details of the last heartbeat. */
  ActivityDeferred: { readonly activitySeq: number; readonly attempt: number };
  /** payload: the result. Here and below, `n` is the number of the request when a token brought the outcome. */
  ActivityCompleted: {
    readonly activitySeq: number;
    readonly attempt: number;
    readonly n?: number;
    readonly answeredBy?: string;
    /** It came while the code was not there: the code holds it against its schema when it gets it. */
    readonly isUnchecked?: true;
  };
  /** No further attempt will be made. */
  ActivityFailed: { readonly activitySeq: number; readonly attempt: number; readonly failure: Failure; readonly n?: number };
  /** No further attempt will be made. */
  ActivityTimedOut: {
    readonly activitySeq: number;
    readonly attempt: number;
    readonly timeout: ActivityTimeout;
    readonly lastFailure?: Failure;
    readonly n?: number;
  };
  /** Attempt `attempt` follows at `firesAtMs`; it is the same one again when a worker handed it back. payload: the details of the last heartbeat. */
  ActivityRetryScheduled: {
    readonly activitySeq: number;
    readonly attempt: number;
    readonly firesAtMs: number;
    readonly failure: Failure;
    readonly n?: number;
  };
  /** The back-off is over: the attempt was offered to workers. */
  ActivityRetryDue: { readonly activitySeq: number; readonly attempt: number };
  ActivityCanceled: { readonly activitySeq: number };
  /** There is room for the attempt under its limits: it was offered to workers. `n` is the number of the request. */
  ActivityAdmitted: { readonly activitySeq: number; readonly attempt: number; readonly n: number };
  /** Nobody answered in time: it is somebody else's to answer now. */
  ApprovalEscalated: { readonly activitySeq: number; readonly assignee: string };
  /** An outcome that a token brought was accepted, and came too late. */
  ActivityCompletionDropped: { readonly activitySeq: number; readonly attempt: number; readonly n: number };
  /** payload: the result. `step` counts the run's steps from 1. */
  StepCompleted: { readonly step: number; readonly name: string; readonly inputDigest?: string };
  /** No further attempt will be made. `attempt` is absent for the first. */
  StepFailed: {
    readonly step: number;
    readonly name: string;
    readonly inputDigest?: string;
    readonly attempt?: number;
    readonly failure: Failure;
  };
  /** It failed; attempt `attempt` follows at `firesAtMs`. */
  StepRetryScheduled: {
    readonly step: number;
    readonly name: string;
    readonly inputDigest?: string;
    readonly attempt: number;
    readonly firesAtMs: number;
    readonly failure: Failure;
  };
  /** The back-off is over: the attempt begins. */
  StepRetryDue: { readonly step: number; readonly attempt: number };
  /** The code does not want the step any more. */
  StepRetryCanceled: { readonly step: number };
  TimerStarted: { readonly firesAtMs: number; readonly durationMs: number };
  TimerFired: { readonly timerSeq: number };
  TimerCanceled: { readonly timerSeq: number };
  /** payload: what was sent. `n` is the number of the request. With a `failure`, the contract refuses it and the code never sees it. */
  SignalReceived: { readonly n: number; readonly name: string; readonly failure?: Failure };
  CancelRequested: { readonly n: number; readonly reason?: string };
  /** The run wants a child: it is started after the commit of this. payload: the input. No `workflowId`: see `childOf`. */
  ChildWorkflowInitiated: { readonly workflow: string; readonly workflowId?: string } & RecordedChildOptions;
  /** `runId` is the child's first run. */
  ChildWorkflowStarted: { readonly childSeq: number; readonly workflowId: string; readonly runId: RunId };
  ChildWorkflowStartFailed: { readonly childSeq: number; readonly workflowId: string; readonly reason: 'id-in-use' };
  /** payload: the result. `runId` is the child's first run; it may be the first word of the child that comes. */
  ChildWorkflowClosed: { readonly childSeq: number; readonly workflowId: string; readonly runId: RunId } & ChildClosing;
  /** The run wants another to get a signal: it is sent after the commit of this. payload: what is sent. */
  ExternalSignalRequested: ExternalTarget & { readonly name: string };
  ExternalCancelRequested: ExternalTarget & { readonly reason?: string };
  /** It is in line with the other requests to that run. */
  ExternalRequestAccepted: { readonly requestSeq: number; readonly runId: RunId };
  ExternalRequestFailed: { readonly requestSeq: number; readonly reason: 'closed' | 'unknown' };
  /** What the code says of where the run stands; empty for nothing. */
  StatusSet: { readonly status: string };
  /** Members to add or change; null takes one out. */
  MemoUpserted: { readonly memo: Readonly<Record<string, unknown>> };
  /** Attributes to add or change; null takes one out. */
  SearchAttributesUpserted: { readonly searchAttributes: Readonly<Record<string, SearchAttributeValue | null>> };
  /** payload: the input. `n` is the number of the request, `updateId` what its sender calls it. With a `failure`, the contract refuses it. */
  UpdateReceived: { readonly n: number; readonly updateId: string; readonly name: string; readonly failure?: Failure };
  /** payload: what its handler returned. `updateSeq` is the seq of the `UpdateReceived`. */
  UpdateCompleted: { readonly updateSeq: number };
  /** Its handler threw. */
  UpdateFailed: { readonly updateSeq: number; readonly failure: Failure };
  /** Its validator refused it: the handler did not run. */
  UpdateRejected: { readonly updateSeq: number; readonly failure: Failure };
  /** The code had no such handler, and its definition names none: these were its handlers. It was never fed. */
  UpdateRefused: { readonly n: number; readonly updateId: string; readonly name: string; readonly handlers: readonly string[] };
  /** Code does not run until `WorkflowResumed`; inputs from `unprocessedFrom` on are fed then. */
  WorkflowSuspended: { readonly suspension: Suspension; readonly unprocessedFrom: number };
  /** `n` is the number of the request; none when another build took the run up by itself. */
  WorkflowResumed: { readonly n?: number };
  /** payload: the result */
  WorkflowCompleted: Record<never, never>;
  WorkflowFailed: { readonly failure: Failure };
  WorkflowCanceled: { readonly reason?: string };
  WorkflowTimedOut: { readonly runTimeoutMs: number };
  /** `n` is the number of the request; none when the engine put an end to it, for its history had grown beyond all bounds. */
  WorkflowTerminated: { readonly n?: number; readonly reason?: string };
  /** payload: the successor's input */
  WorkflowContinuedAsNew: { readonly newRunId: RunId };
}

/** Who started a run as its child, and where it is told of its end. */
export interface ParentRun {
  readonly runId: RunId;
  readonly workflowId: string;
  /** Of the `ChildWorkflowInitiated` in the parent's history. */
  readonly childSeq: number;
  readonly shard: ShardAddress;
}

/** How a child ended. */
export interface ChildClosing {
  readonly status: Exclude<ClosedStatus, 'ContinuedAsNew'>;
  readonly failure?: Failure;
  /** Of a cancellation or a termination. */
  readonly reason?: string;
}

/** Whom a request is for: a child of the run, or whatever run has the workflow id (or is the one named). */
export type ExternalTarget = { readonly childSeq: number } | { readonly workflowId: string; readonly runId?: RunId };

/** Why a run's code was stopped, in words for its author. */
export interface Suspension {
  readonly reason: SuspensionReason;
  readonly message: string;
  /** On a replay that differs: what history says, and what the code did. */
  readonly expected?: string;
  readonly actual?: string;
  /** The build of the orchestrator that found it. */
  readonly build?: string;
}

export type SuspensionReason =
  | 'non-deterministic' // replay did something else than history says
  | 'foreign-await' // waits for something that is not durable, or a command came from outside its turn
  | 'unhandled-rejection'
  | 'unresponsive' // held the process for seconds
  | 'ended-owners' // held two processes with the same code: it is not run again by that build
  | 'unknown-workflow' // this build has no such definition
  | 'limit'; // a bound of the run was reached

export type EventType = keyof EventData;

/** One entry of a run's history. */
export type HistoryEvent = { [Type in EventType]: TypedEvent<Type> }[EventType];

export interface TypedEvent<Type extends EventType> {
  readonly seq: number;
  readonly type: Type;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data: EventData[Type];
  readonly payload?: Payload;
}

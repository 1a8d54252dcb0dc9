import type { TypedEvent } from '../history/event.js';
import type { OutboxEntryId, RunId, ShardId } from '../ids.js';
import type { ActivityRequest, RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import type { RunStatus } from '../run/status.js';

/** How work comes in: what a gateway writes before it answers. Each call is one commit for many callers. */
export interface RunIntake {
  /**
   * One outcome for each, in order, durable. Workflow ids, names of workflows and queues, and keys come here
   * checked: no U+0000, no lone surrogate, 1 KiB at most.
   */
  start(
    source: string,
    starts: readonly RunStart[],
  ): Promise<{ readonly outcomes: readonly StartOutcome[]; readonly entry: OutboxEntryId | undefined }>;
  /** One outcome for each, in order, durable unless all are provisional. Requests to one run are numbered in the order given. */
  request(requests: readonly RequestIntake[]): Promise<readonly RequestOutcome[]>;
}

export interface RunStart {
  readonly namespace: string;
  readonly runId: RunId;
  readonly shard: ShardId;
  /** Seq 1; its data holds the workflow, its id and queue. */
  readonly started: TypedEvent<'WorkflowStarted'>;
  /** The earliest deadline: of the run's time-out or its start delay. */
  readonly wakesAtMs: number | undefined;
  readonly idempotencyKey?: string;
  /** Tells a retry from another request under the same key. */
  readonly fingerprint?: string;
  /**
   * Given with a key, of a signal that an open run of the workflow id gets under that key in place of a start: tells a retry from
   * another request there. One of the latest `signaledRunsMax` runs that accepted the key keeps this start from starting another.
   */
  readonly signalFingerprint?: string;
}

/** How far back the runs of a workflow id are searched for the signal of a start. */
export const signaledRunsMax = 100;

export type StartOutcome =
  | { readonly outcome: 'started' }
  /** The same key started this run before. */
  | { readonly outcome: 'repeated'; readonly runId: RunId; readonly workflowId: string; readonly status: RunStatus }
  /** The same key brought the signal of this start to this run before; it may be closed by now. */
  | { readonly outcome: 'signaled'; readonly runId: RunId; readonly workflowId: string; readonly status: RunStatus }
  | { readonly outcome: 'key-reused' }
  /** An open run has this workflow id. */
  | { readonly outcome: 'open'; readonly runId: RunId; readonly status: RunStatus };

export interface RequestIntake {
  readonly namespace: string;
  readonly workflowId: string;
  /** When given, only this run will do. */
  readonly runId?: RunId;
  /** When given, only this run will do, or one that continues it. Not beside `runId`. */
  readonly firstRunId?: RunId;
  readonly request: NewRequest;
  readonly idempotencyKey?: string;
  /** Tells a retry from another request under the same key. */
  readonly fingerprint?: string;
  /**
   * The outcome is told to nobody before the run's owner has answered the request, or it was made again under its key and is not
   * provisional: the database may lose it with its last moments, but not after a commit that came later.
   */
  readonly isProvisional?: boolean;
}

export type NewRequest =
  | { readonly kind: 'signal'; readonly name: string; readonly payload?: Payload }
  | { readonly kind: 'cancel' | 'terminate'; readonly reason?: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'update'; readonly updateId: string; readonly name: string; readonly payload?: Payload }
  | NewActivityRequest;

/** Named by run id. A run's own activities only: whoever asks has seen to it that there is such an activity. */
export type NewActivityRequest =
  | Omit<Extract<ActivityRequest, { kind: 'complete-activity' }>, 'n'>
  | Omit<Extract<ActivityRequest, { kind: 'fail-activity' }>, 'n'>;

export type RequestOutcome =
  | { readonly outcome: 'accepted'; readonly runId: RunId; readonly shard: ShardId; readonly request: RunRequest }
  /** The same key was accepted before; the run may be closed by now. */
  | { readonly outcome: 'repeated'; readonly runId: RunId }
  | { readonly outcome: 'key-reused' }
  | { readonly outcome: 'closed'; readonly runId: RunId; readonly status: RunStatus }
  | { readonly outcome: 'unknown' };

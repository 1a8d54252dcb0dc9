import type { Failure } from '../failure.js';
import type { ChildClosing, Suspension } from '../history/event.js';
import type { RunId } from '../ids.js';
import type { AttemptOutcome, RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import type { StepLimits } from './step-retries.js';

/** What can be brought to a run. Whether it still means something is decided against the run's state. */
export type RunInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'start-delay-elapsed' }
  | {
      readonly kind: 'attempt-finished';
      readonly activitySeq: number;
      readonly attempt: number;
      readonly outcome: AttemptOutcome;
      readonly heartbeatDetails?: Payload;
    }
  | { readonly kind: 'attempt-announced'; readonly activitySeq: number; readonly attempt: number; readonly worker: string }
  /** Its code has ended, and its outcome is to come from elsewhere. */
  | { readonly kind: 'attempt-deferred'; readonly activitySeq: number; readonly attempt: number; readonly heartbeatDetails?: Payload }
  /** As an announcement, from a worker that begins only if the attempt is then its own. */
  | { readonly kind: 'attempt-claimed'; readonly activitySeq: number; readonly attempt: number; readonly worker: string }
  | { readonly kind: 'attempt-timed-out'; readonly activitySeq: number; readonly attempt: number }
  | { readonly kind: 'retry-due'; readonly activitySeq: number; readonly attempt: number }
  | { readonly kind: 'approval-overdue'; readonly activitySeq: number }
  | { readonly kind: 'timer-due'; readonly timerSeq: number }
  | {
      readonly kind: 'step-finished';
      readonly step: number;
      readonly name: string;
      readonly inputDigest?: string;
      readonly attempt: number;
      readonly outcome: StepOutcome;
      readonly limits?: StepLimits;
    }
  | { readonly kind: 'step-retry-due'; readonly step: number; readonly attempt: number }
  | { readonly kind: 'request'; readonly request: RunRequest }
  | AnswerOfOthers
  | { readonly kind: 'run-timed-out' }
  /** Another build than the one that suspended the run takes it up. */
  | { readonly kind: 'take-up' }
  /** With `atSeq`, only while no event has come behind that one. */
  | { readonly kind: 'suspend'; readonly suspension: Suspension; readonly atSeq?: number };

/** What other runs are heard to have done. `workflowId` and `runId` are the child's, the latter that of its first run. */
export type AnswerOfOthers =
  | { readonly kind: 'child-started'; readonly childSeq: number; readonly workflowId: string; readonly runId: RunId }
  | { readonly kind: 'child-start-failed'; readonly childSeq: number; readonly workflowId: string; readonly reason: 'id-in-use' }
  | ChildClosed
  | { readonly kind: 'external-request-accepted'; readonly requestSeq: number; readonly runId: RunId }
  | { readonly kind: 'external-request-failed'; readonly requestSeq: number; readonly reason: 'closed' | 'unknown' };

export interface ChildClosed {
  readonly kind: 'child-closed';
  readonly childSeq: number;
  readonly workflowId: string;
  readonly runId: RunId;
  readonly closing: ChildClosing;
  readonly result?: Payload;
}

export type StepOutcome =
  | { readonly outcome: 'completed'; readonly result?: Payload }
  | { readonly outcome: 'failed'; readonly failure: Failure };

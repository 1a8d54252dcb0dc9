import type { Failure } from '../failure.js';
import type { Suspension } from '../history/event.js';
import type { AttemptOutcome, RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';

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
  | { readonly kind: 'timer-due'; readonly timerSeq: number }
  | {
      readonly kind: 'step-finished';
      readonly step: number;
      readonly name: string;
      readonly inputDigest?: string;
      readonly outcome: StepOutcome;
    }
  | { readonly kind: 'request'; readonly request: RunRequest }
  | { readonly kind: 'run-timed-out' }
  /** Another build than the one that suspended the run takes it up. */
  | { readonly kind: 'take-up' }
  | { readonly kind: 'suspend'; readonly suspension: Suspension };

export type StepOutcome =
  | { readonly outcome: 'completed'; readonly result?: Payload }
  | { readonly outcome: 'failed'; readonly failure: Failure };

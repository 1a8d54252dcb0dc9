import type { Payload } from './payload.js';

/**
 * An error as a history records it. Stack traces are for logs and are never recorded: replay would compare them.
 */
export interface Failure {
  /** What a retry policy's `nonRetryableErrors` and `catch` blocks go by: the error's `name`. */
  readonly type: string;
  readonly message: string;
  /** `true` when no retry policy may try again. */
  readonly nonRetryable?: boolean;
  /** Of what was tried several times, an activity or a step: the attempt that was the last. */
  readonly attempt?: number;
  /** What the code attached to the error, as JSON text. */
  readonly details?: Payload;
  readonly cause?: Failure;
}

export type ActivityTimeout = 'scheduleToStart' | 'startToClose' | 'scheduleToClose' | 'heartbeat' | 'lease';

import { MarathonError } from '@marathon/core';

/** What a failure says besides its type and message. */
export interface ActivityErrorOptions extends ErrorOptions {
  /** Anything with a JSON form, up to 64 KiB of it: recorded with the failure, readable where the workflow catches it. */
  readonly details?: unknown;
  /** `true` when no retry policy may try again. */
  readonly nonRetryable?: boolean;
}

/**
 * What an activity throws to fail with a type of its own, by which retry policies and `catch` blocks go:
 * `throw new ActivityError('CardDeclined', 'the bank declined the card', { nonRetryable: true })`.
 * Any other error will do too: its `name` becomes the type.
 */
export class ActivityError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_ERROR';
  readonly details: unknown;
  readonly nonRetryable: boolean;

  constructor(
    readonly type: string,
    message: string,
    options: ActivityErrorOptions = {},
  ) {
    super(message, options);
    this.name = type;
    this.details = options.details;
    this.nonRetryable = options.nonRetryable ?? false;
  }
}

/** Why code was asked to stop. */
export type AbortCause = 'canceled' | 'startToClose' | 'scheduleToClose' | 'heartbeat' | 'shutdown';

const abortMessages: Readonly<Record<AbortCause, string>> = {
  canceled: 'the workflow no longer wants this activity',
  startToClose: 'the attempt ran into its start-to-close time-out',
  scheduleToClose: 'the activity ran into its schedule-to-close time-out',
  heartbeat: 'the attempt sent no heartbeat within its heartbeat time-out',
  shutdown: 'the worker shuts down',
};

/** The `reason` of a context's signal. */
export class ActivityAbortedError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_ABORTED';

  constructor(readonly because: AbortCause) {
    super(abortMessages[because]);
  }
}

/** `activityContext()` was called where no activity runs. */
export class NoActivityContextError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_CONTEXT_MISSING';
}

/** Details of a heartbeat that cannot be recorded. */
export class HeartbeatDetailsError extends MarathonError {
  readonly code = 'MARATHON_HEARTBEAT_DETAILS_INVALID';
}

/** The task has no key to make its token from. */
export class ActivityTokenMissingError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_TOKEN_MISSING';
}

/** Activities that cannot be told apart, or cannot be called. Thrown when the application starts. */
export class ActivityRegistrationError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_REGISTRATION_INVALID';
}

/** Options of a worker that make no sense. Thrown when the application starts. */
export class ActivityWorkerOptionsError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_WORKER_OPTIONS_INVALID';
}

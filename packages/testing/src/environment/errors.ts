import { type CaughtFailure, MarathonError, recordedError, type Suspension } from '@marathon/core';

/** The code of a run was stopped, so that it has no result. `suspension` says why. */
export class RunSuspendedError extends MarathonError {
  readonly code = 'MARATHON_RUN_SUSPENDED';

  constructor(
    readonly workflowId: string,
    readonly suspension: Suspension,
  ) {
    const { message, expected, actual } = suspension;
    super(`workflow "${workflowId}" is suspended: ${message}${expected ? `; expected ${expected}, got ${actual}` : ''}`);
  }
}

/** Nothing that is under way, and no time that passes, would ever move a run whose result a test waits for. */
export class NothingWillHappenError extends MarathonError {
  readonly code = 'MARATHON_NOTHING_WILL_HAPPEN';
}

/** The code of a run has no such query, has no code to ask, or its handler threw. `failure` is what it threw, `cause` the same as an error. */
export class QueryFailedError extends MarathonError {
  readonly code = 'MARATHON_QUERY_FAILED';

  constructor(
    message: string,
    readonly failure?: CaughtFailure,
  ) {
    super(message, failure && { cause: recordedError(failure) });
  }
}

/** An update was refused, its handler threw, or its run closed before it was taken up. `failure` is what was thrown, `cause` the same as an error. */
export class UpdateFailedError extends MarathonError {
  readonly code = 'MARATHON_UPDATE_FAILED';

  constructor(
    message: string,
    readonly failure?: CaughtFailure,
  ) {
    super(message, failure && { cause: recordedError(failure) });
  }
}

/** No mock was ever given the token. */
export class TokenUnknownError extends MarathonError {
  readonly code = 'MARATHON_TOKEN_UNKNOWN';
}

/** The attempt or the approval that a test brings an outcome for has one, or was canceled. */
export class AttemptOverError extends MarathonError {
  readonly code = 'MARATHON_ATTEMPT_OVER';
}

/** A test asks something of a run that is not open. */
export class RunNotOpenError extends MarathonError {
  readonly code = 'MARATHON_RUN_NOT_OPEN';
}

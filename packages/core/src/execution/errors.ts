import { MarathonError } from '../errors.js';
import type { ActivityTimeout } from '../failure.js';
import { type CaughtFailure, recordedError } from './caught-failure.js';

/** An activity failed and no further attempt will be made. `cause` is what it threw, as far as it was recorded. */
export class ActivityFailedError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_FAILED';

  constructor(
    readonly activity: string,
    readonly attempt: number,
    readonly failure: CaughtFailure,
  ) {
    super(`activity "${activity}" failed at attempt ${attempt}: ${failure.type}: ${failure.message}`, { cause: recordedError(failure) });
  }
}

/** An activity ran out of one of its times and no further attempt will be made. `cause` is the failure before it, when there was one. */
export class ActivityTimedOutError extends MarathonError {
  readonly code = 'MARATHON_ACTIVITY_TIMED_OUT';

  constructor(
    readonly activity: string,
    readonly attempt: number,
    readonly timeout: ActivityTimeout,
    readonly lastFailure?: CaughtFailure,
  ) {
    super(`activity "${activity}" timed out (${timeout}) at attempt ${attempt}`, lastFailure && { cause: recordedError(lastFailure) });
  }
}

/** Nobody answered an approval within its deadline. */
export class ApprovalTimedOutError extends MarathonError {
  readonly code = 'MARATHON_APPROVAL_TIMED_OUT';

  constructor(readonly title: string) {
    super(`nobody answered "${title}" within its deadline`);
  }
}

/** An item of a map failed for good; those that were under way are canceled. `cause` is what its activity threw, as far as it was recorded. */
export class MapItemFailedError extends MarathonError {
  readonly code = 'MARATHON_MAP_ITEM_FAILED';

  constructor(
    readonly activity: string,
    /** Of the item, from 0. */
    readonly index: number,
    readonly attempt: number,
    readonly failure: CaughtFailure,
  ) {
    super(`item ${index} of the map of activity "${activity}" failed at attempt ${attempt}: ${failure.type}: ${failure.message}`, {
      cause: recordedError(failure),
    });
  }
}

/** A map has more items than it may, or its results are more than can be kept; then those that were under way are canceled. */
export class MapTooLargeError extends MarathonError {
  readonly code = 'MARATHON_MAP_TOO_LARGE';
}

/** A step in place failed and no further attempt will be made. `cause` is what it threw, as far as it was recorded. */
export class StepFailedError extends MarathonError {
  readonly code = 'MARATHON_STEP_FAILED';

  constructor(
    readonly step: string,
    readonly failure: CaughtFailure,
    /** The last one, counted from 1. */
    readonly attempt = 1,
  ) {
    super(`step "${step}" failed${attempt > 1 ? ` at attempt ${attempt}` : ''}: ${failure.type}: ${failure.message}`, {
      cause: recordedError(failure),
    });
  }
}

/** The run was asked to cancel while it waited. Let it pass to close the run as canceled, after cleaning up. */
export class WorkflowCanceledError extends MarathonError {
  readonly code = 'MARATHON_WORKFLOW_CANCELED';

  constructor(readonly reason?: string) {
    super(reason === undefined ? 'the workflow was canceled' : `the workflow was canceled: ${reason}`);
  }
}

/** A child did not complete. `cause` is what it failed with, as far as it was recorded. */
export class ChildWorkflowFailedError extends MarathonError {
  readonly code = 'MARATHON_CHILD_WORKFLOW_FAILED';

  constructor(
    readonly workflow: string,
    readonly workflowId: string,
    readonly runId: string,
    readonly status: 'Failed' | 'Canceled' | 'TimedOut' | 'Terminated',
    readonly failure?: CaughtFailure,
    readonly reason?: string,
  ) {
    const why = failure ? `: ${failure.type}: ${failure.message}` : reason === undefined ? '' : `: ${reason}`;
    super(`child workflow "${workflow}" (${workflowId}) is ${status}${why}`, failure && { cause: recordedError(failure) });
  }
}

/** A child could not be started: a run that is open has its workflow id. */
export class ChildWorkflowIdInUseError extends MarathonError {
  readonly code = 'MARATHON_CHILD_WORKFLOW_ID_IN_USE';

  constructor(
    readonly workflow: string,
    readonly workflowId: string,
  ) {
    super(`child workflow "${workflow}" was not started: an open run has the workflow id "${workflowId}"`);
  }
}

/** A signal or a cancellation did not reach another workflow: no run has its id. */
export class ExternalWorkflowNotFoundError extends MarathonError {
  readonly code = 'MARATHON_EXTERNAL_WORKFLOW_NOT_FOUND';

  constructor(what: string) {
    super(`${what}: no run has this workflow id`);
  }
}

/** A signal or a cancellation did not reach another workflow: its run is closed. */
export class ExternalWorkflowClosedError extends MarathonError {
  readonly code = 'MARATHON_EXTERNAL_WORKFLOW_CLOSED';

  constructor(what: string) {
    super(`${what}: the run is closed`);
  }
}

/** A call to the context whose arguments make no sense. */
export class InvalidCommandError extends MarathonError {
  readonly code = 'MARATHON_INVALID_COMMAND';
}

/** The scope in which the code waits was canceled by its code: see `Scope.cancel`. */
export class ScopeCanceledError extends MarathonError {
  readonly code = 'MARATHON_SCOPE_CANCELED';

  constructor(readonly reason?: string) {
    super(reason === undefined ? 'the scope was canceled' : `the scope was canceled: ${reason}`);
  }
}

/** The scope in which the code waits was not done in its time. */
export class ScopeTimedOutError extends MarathonError {
  readonly code = 'MARATHON_SCOPE_TIMED_OUT';

  constructor(readonly timeoutMs: number) {
    super(`the scope was not done within ${timeoutMs} ms`);
  }
}

/** Compensations of a saga failed: `errors` has what they threw, in the order in which they ran. `cause` is what the saga's body threw. */
export class CompensationFailedError extends AggregateError {
  readonly code = 'MARATHON_COMPENSATION_FAILED';
  readonly retryable = false;
  override readonly name = 'CompensationFailedError';
  /** The names of the compensations that failed. */
  readonly compensations: readonly string[];
  /** What a history records of each. */
  readonly details: readonly { readonly compensation: string; readonly failure: string }[];

  constructor(failed: readonly { readonly name: string; readonly error: unknown }[], cause: unknown) {
    const names = failed.map(({ name }) => name);
    super(
      failed.map(({ error }) => error),
      `compensations failed: ${names.map((name) => `"${name}"`).join(', ')}`,
      { cause },
    );
    this.compensations = names;
    this.details = failed.map(({ name, error }) => ({ compensation: name, failure: String(error).slice(0, 1_000) }));
  }
}

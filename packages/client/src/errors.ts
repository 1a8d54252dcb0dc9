import { type CaughtFailure, type ClosedStatus, MarathonError, recordedError } from '@marathon/core';
import type { Problem } from '@marathon/protocol';

/** Statuses after which the same request may succeed. */
const passing = [429, 502, 503, 504];

/** The gateway, or something before it, refused a request. `code` is that of the problem: `docs/reference/errors.md` lists them. */
export class MarathonApiError extends MarathonError {
  readonly code: string;
  /** Of HTTP. */
  readonly status: number;
  override readonly retryable: boolean;
  /** What is wrong with which field. */
  readonly errors: NonNullable<Problem['errors']>;
  /** The run that is in the way. */
  readonly workflowId: string | undefined;
  readonly runId: string | undefined;
  readonly runStatus: Problem['runStatus'];
  /** What the run's code threw, where that is what the problem is; `cause` is the same as an error. */
  readonly failure: CaughtFailure | undefined;

  constructor(
    /** The answer as it came (RFC 9457). */
    readonly problem: Problem,
    /** What `Retry-After` asked for, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    const failure = problem.failure as CaughtFailure | undefined;
    super(messageOf(problem), failure && { cause: recordedError(failure) });
    this.code = problem.code;
    this.status = problem.status;
    this.retryable = passing.includes(problem.status);
    this.errors = problem.errors ?? [];
    this.workflowId = problem.workflowId;
    this.runId = problem.runId;
    this.runStatus = problem.runStatus;
    this.failure = failure;
  }
}

function messageOf({ title, detail, errors = [] }: Problem): string {
  const fields = errors.map(({ field, pointer = '', message }) => `${field}${pointer} ${message}`).join('; ');
  return [title, fields === '' ? detail : fields].filter((part) => part !== undefined && part !== '').join(': ');
}

/** An open run has the workflow id of a start: `runId` names it. */
export class WorkflowAlreadyOpenError extends MarathonApiError {}

/** There is no run of this workflow id, or not this one. */
export class WorkflowNotFoundError extends MarathonApiError {}

/** The gateway cannot be reached, or the connection broke off before its answer was complete. `cause` says more. */
export class MarathonConnectionError extends MarathonError {
  readonly code = 'MARATHON_CONNECTION_FAILED';
  override readonly retryable = true;
}

/** Something answered that is no gateway: a proxy perhaps, or the address is wrong. */
export class UnexpectedAnswerError extends MarathonError {
  readonly code = 'MARATHON_ANSWER_UNEXPECTED';
}

/** A run ended otherwise than by returning. `cause` is what its code threw, as far as it was recorded, with its causes. */
export class WorkflowFailedError extends MarathonError {
  readonly code = 'MARATHON_WORKFLOW_FAILED';

  constructor(
    readonly workflowId: string,
    readonly runId: string,
    readonly status: Exclude<ClosedStatus, 'Completed'>,
    readonly failure: CaughtFailure | undefined,
  ) {
    const why = failure ? `: ${failure.type}: ${failure.message}` : '';
    super(`workflow "${workflowId}" ended as ${status}${why}`, failure && { cause: recordedError(failure) });
  }
}

/** A run had not ended when the time to wait for its result was over. It goes on. */
export class ResultTimeoutError extends MarathonError {
  readonly code = 'MARATHON_RESULT_TIMEOUT';
  override readonly retryable = true;
}

import { MarathonError, type RunStatus } from '@marathon/core';
import type { Problem } from '@marathon/protocol';
import { type ProblemCode, problems } from './problems.js';

export interface ProblemDetails {
  readonly errors?: Problem['errors'];
  /** The run that is in the way. */
  readonly workflowId?: string;
  readonly runId?: string;
  readonly runStatus?: RunStatus;
  /** What the run's code threw. */
  readonly failure?: Problem['failure'];
  /** What there is instead of what was asked for. */
  readonly names?: Problem['names'];
}

/** A request is refused; the filter makes the answer of it. */
export class ProblemError extends MarathonError {
  readonly status: number;
  readonly title: string;
  override readonly retryable: boolean;

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly details: ProblemDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = problems[code].status;
    this.title = problems[code].title;
    this.retryable = this.status === 503;
  }
}

export const reusedKey = (): ProblemError =>
  new ProblemError('MARATHON_IDEMPOTENCY_KEY_REUSED', 'another request was sent with this Idempotency-Key');

/** One field is wrong. */
export const invalidField = (field: string, message: string): ProblemError =>
  new ProblemError('MARATHON_REQUEST_INVALID', `${field} ${message}`, { errors: [{ field, message }] });

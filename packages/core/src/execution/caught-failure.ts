import type { Failure } from '../failure.js';
import { decodePayload } from '../payload.js';

/** A recorded failure as code gets to see it: its details decoded. */
export interface CaughtFailure {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable?: boolean;
  readonly attempt?: number;
  readonly details?: unknown;
  readonly cause?: CaughtFailure;
}

export function caughtFailure({ details, cause, ...rest }: Failure): CaughtFailure {
  return {
    ...rest,
    ...(details !== undefined && { details: decodePayload(details) }),
    ...(cause && { cause: caughtFailure(cause) }),
  };
}

/** What was thrown, as far as it was recorded: an error of that name with all that its failure has, so that it is recorded as the same again. */
export function recordedError({ type, message, cause, ...rest }: CaughtFailure): Error {
  const error = new Error(message, cause && { cause: recordedError(cause) });
  error.name = type;
  return Object.assign(error, rest);
}

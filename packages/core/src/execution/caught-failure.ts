import type { Failure } from '../failure.js';
import { decodePayload } from '../payload.js';

/** A recorded failure as code gets to see it: its details decoded. */
export interface CaughtFailure {
  readonly type: string;
  readonly message: string;
  readonly nonRetryable?: boolean;
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

/** What was thrown, as far as it was recorded: an error of that name with its details and causes. */
export function recordedError({ type, message, details, cause }: CaughtFailure): Error {
  const error = new Error(message, cause && { cause: recordedError(cause) });
  error.name = type;
  return details === undefined ? error : Object.assign(error, { details });
}

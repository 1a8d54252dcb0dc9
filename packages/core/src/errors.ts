/**
 * What every error of Marathon has: a stable `code` that `docs/reference/errors.md` explains, and whether the same call may
 * succeed later. Thrown = error; recorded in a history = failure (see `failure.ts`).
 */
export abstract class MarathonError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A value cannot be written as JSON. */
export class PayloadError extends MarathonError {
  readonly code = 'MARATHON_PAYLOAD_NOT_SERIALIZABLE';
  readonly nonRetryable = true;
}

/** A value is larger than what is recorded. */
export class PayloadTooLargeError extends MarathonError {
  readonly code = 'MARATHON_PAYLOAD_TOO_LARGE';
  readonly nonRetryable = true;

  constructor(what: string, chars: number, charsMax: number) {
    super(`${what} has ${chars} characters of JSON: at most ${charsMax} are recorded; keep it elsewhere, and pass on where it is`);
  }
}

/** A text is not a duration like `500ms`, `30s`, `5m`, `2h` or `1d`. */
export class DurationError extends MarathonError {
  readonly code = 'MARATHON_DURATION_INVALID';
}

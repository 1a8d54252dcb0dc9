import { MarathonError } from '../errors.js';
import type { OutgoingMessage } from './stream.port.js';

/** The connection was lost while a commit was under way: nobody knows whether it happened. */
export class CommitOutcomeUnknownError extends MarathonError {
  readonly code = 'MARATHON_COMMIT_OUTCOME_UNKNOWN';
  override readonly retryable = true;
}

/** The database cannot be reached, or refused for a reason that passes. */
export class StoreUnavailableError extends MarathonError {
  readonly code = 'MARATHON_STORE_UNAVAILABLE';
  override readonly retryable = true;
}

/** Messages that the stream did not take. Those in `tooLarge` never will be; every other one of the call may be sent again. */
export class StreamPublishError extends MarathonError {
  readonly code = 'MARATHON_STREAM_PUBLISH_FAILED';
  override readonly retryable = true;

  constructor(
    message: string,
    readonly tooLarge: readonly OutgoingMessage[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A search took longer than searches may. */
export class SearchTooSlowError extends MarathonError {
  readonly code = 'MARATHON_SEARCH_TOO_SLOW';
}

import { MarathonError } from '@marathon/core';

/** A text is no query. */
export class SearchSyntaxError extends MarathonError {
  readonly code = 'MARATHON_SEARCH_INVALID';

  constructor(
    /** The character at which it goes wrong, from 1; one past the end when something is missing there. */
    readonly position: number,
    /** What was expected there. */
    readonly expected: string,
  ) {
    super(`expected ${expected} at character ${position}`);
  }
}

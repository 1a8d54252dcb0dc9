import type { RunId } from '../../ids.js';

/** How many starts are remembered at least; up to twice as many are. */
const startsMin = 10_000;

/**
 * Runs that were started here a short time ago. A stream may bring a start twice; a run that is begun a second time from its
 * first event alone would perform its first steps again before the event log refuses what it decides.
 */
export class RecentStarts {
  private recent = new Set<RunId>();
  private older = new Set<RunId>();

  /** @returns false when the run was noted before, as far as memory reaches. */
  note(runId: RunId): boolean {
    if (this.recent.has(runId) || this.older.has(runId)) return false;
    if (this.recent.size >= startsMin) {
      this.older = this.recent;
      this.recent = new Set();
    }
    this.recent.add(runId);
    return true;
  }
}

import type { OutboxEntryId, RunId } from '../ids.js';

/**
 * What the sweeper needs. An entry names what a commit added (run, from, to) and holds no message: one pure function builds
 * the messages from history.
 */
export interface Outbox {
  /**
   * Claims entries for `claimForMs`, committed when it resolves. Entries under somebody else's claim, and entries that another
   * statement has locked, are skipped; ids are no order of commit, so nothing is read "from" an id on.
   */
  claimEntries(claim: {
    readonly olderThanMs: number;
    readonly claimForMs: number;
    readonly limit: number;
    readonly source?: string;
  }): Promise<readonly OutboxEntry[]>;
  /** Deletes what was published; unknown ids are fine. */
  deleteEntries(ids: readonly OutboxEntryId[]): Promise<void>;
}

export interface OutboxEntry {
  readonly id: OutboxEntryId;
  readonly runs: readonly NamedAdvance[];
}

/** What of a run a commit added: the first bounds are exclusive, the second inclusive. */
export interface NamedAdvance {
  readonly runId: RunId;
  readonly afterSeq: number;
  readonly toSeq: number;
  /** Records of its maps, when there are any. */
  readonly mapRecords?: { readonly after: number; readonly to: number };
}

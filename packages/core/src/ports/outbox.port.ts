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
  /** `afterSeq` exclusive, `toSeq` inclusive. */
  readonly runs: readonly { readonly runId: RunId; readonly afterSeq: number; readonly toSeq: number }[];
}

import type { HistoryEvent } from '../history/event.js';
import type { OutboxEntryId, RunId, ShardId } from '../ids.js';

/**
 * What the sweeper needs. An entry names what a commit added (run, from, to) and holds no message: one pure function builds
 * the messages from history.
 */
export interface Outbox {
  /**
   * Claims entries for `claimForMs`, committed when it resolves. Entries under somebody else's claim, and entries that another
   * statement has locked, are skipped; ids are no order of commit, so nothing is read "from" an id on.
   */
  claimEntries(claim: { readonly olderThanMs: number; readonly claimForMs: number; readonly limit: number; readonly source?: string }): Promise<readonly OutboxEntry[]>;
  /** Deletes what was published; unknown ids are fine. */
  deleteEntries(ids: readonly OutboxEntryId[]): Promise<void>;
  /** The events that the entries name, with what their messages need to know of the run. A deleted run is left out. */
  readEntryEvents(entries: readonly OutboxEntry[]): Promise<readonly PublishedRun[]>;
}

export interface OutboxEntry {
  readonly id: OutboxEntryId;
  /** `afterSeq` exclusive, `toSeq` inclusive. */
  readonly runs: readonly { readonly runId: RunId; readonly afterSeq: number; readonly toSeq: number }[];
}

/** New events of a run, and what the messages about them have to say of it. */
export interface PublishedRun {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly workflowId: string;
  readonly workflow: string;
  readonly events: readonly HistoryEvent[];
}

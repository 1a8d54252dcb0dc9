import type { Outbox, OutboxEntry, OutboxEntryId } from '@marathon/core';
import type { EventLogState } from './event-log-state.js';

/** The sweeper's side of the event log. */
export class MemoryOutbox implements Outbox {
  constructor(readonly state: EventLogState) {}

  async claimEntries(claim: Parameters<Outbox['claimEntries']>[0]): Promise<readonly OutboxEntry[]> {
    const nowMs = this.state.nowMs();
    const claimed = [...this.state.entries.values()]
      .filter(({ source }) => claim.source === undefined || source === claim.source)
      .filter(({ createdAtMs, claimedUntilMs }) => createdAtMs <= nowMs - claim.olderThanMs && claimedUntilMs <= nowMs)
      .slice(0, claim.limit);
    for (const record of claimed) record.claimedUntilMs = nowMs + claim.claimForMs;
    return claimed.map(({ entry }) => entry);
  }

  async deleteEntries(ids: readonly OutboxEntryId[]): Promise<void> {
    for (const id of ids) this.state.entries.delete(id);
  }
}

import type { Outbox, OutboxEntryId } from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { claimEntries } from './sql/claim-entries.js';
import { deleteEntries } from './sql/delete-entries.js';

/** The outbox as the sweeper uses it. Every method may throw StoreUnavailableError or CommitOutcomeUnknownError (retryable; repeating is harmless). */
export class PostgresOutbox implements Outbox {
  constructor(private readonly connection: Executor) {}

  claimEntries = (claim: Parameters<Outbox['claimEntries']>[0]) => claimEntries(this.connection, claim);
  deleteEntries = (ids: readonly OutboxEntryId[]) => deleteEntries(this.connection, ids);
}

import { createHash } from 'node:crypto';
import { type Payload, type PayloadReference, type PayloadStore, payloadReference } from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { readPayloads } from './sql/read-payloads.js';
import { removeUnusedPayloads } from './sql/remove-unused-payloads.js';
import { writePayloads } from './sql/write-payloads.js';

/** Every method that returns a promise may throw StoreUnavailableError or CommitOutcomeUnknownError (retryable; repeating is harmless). */
export class PostgresPayloadStore implements PayloadStore {
  constructor(private readonly connection: Executor) {}

  referenceTo(text: Payload): PayloadReference {
    return payloadReference({ sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) });
  }

  write = (texts: ReadonlyMap<PayloadReference, Payload>) => writePayloads(this.connection, texts);
  read = (references: readonly PayloadReference[]) => readPayloads(this.connection, references);
  removeUnused = (writtenBeforeMs: number) => removeUnusedPayloads(this.connection, writtenBeforeMs);
}

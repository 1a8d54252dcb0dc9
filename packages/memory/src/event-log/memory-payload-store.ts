import { createHash } from 'node:crypto';
import {
  fromEventRow,
  type Payload,
  type PayloadReference,
  type PayloadStore,
  payloadReference,
  type Removal,
  referencesOf,
} from '@marathon/core';
import type { EventLogState } from './event-log-state.js';

export class MemoryPayloadStore implements PayloadStore {
  readonly #texts = new Map<PayloadReference, { readonly text: Payload; readonly writtenAtMs: number }>();

  constructor(private readonly state: EventLogState) {}

  referenceTo(text: Payload): PayloadReference {
    return payloadReference({ sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) });
  }

  async write(texts: ReadonlyMap<PayloadReference, Payload>): Promise<void> {
    for (const [reference, text] of texts) this.#texts.set(reference, { text, writtenAtMs: this.state.nowMs() });
  }

  async read(references: readonly PayloadReference[]): Promise<ReadonlyMap<PayloadReference, Payload>> {
    return new Map(
      references.flatMap((reference) => {
        const found = this.#texts.get(reference);
        return found ? [[reference, found.text] as const] : [];
      }),
    );
  }

  async removeUnused(writtenBeforeMs: number): Promise<Removal> {
    const used = this.#used();
    let removed = 0;
    for (const [reference, { writtenAtMs }] of this.#texts) {
      if (writtenAtMs >= writtenBeforeMs || used.has(reference)) continue;
      this.#texts.delete(reference);
      removed++;
    }
    return { removed, isPartial: false };
  }

  #used(): ReadonlySet<string> {
    const used = new Set<string>();
    for (const { history, requests } of this.state.runs.values()) {
      for (const row of history) for (const reference of referencesOf(fromEventRow(row))) used.add(reference);
      for (const { request } of requests) if ('payload' in request && request.payload !== undefined) used.add(request.payload);
    }
    return used;
  }
}

import { isReference, moveOut, type Payload, type PayloadStore } from '@marathon/core';

/** What gateways and workers do about payloads that are too large for a history. */
export class LargePayloads {
  constructor(private readonly store: PayloadStore) {}

  /** Writes what is too large, and gives the same with a reference. */
  async moveOut<Carrier extends { readonly payload?: Payload }>(carrier: Carrier): Promise<Carrier> {
    const { moved, texts } = moveOut(carrier, (text) => this.store.referenceTo(text));
    if (texts.size > 0) await this.store.write(texts);
    return moved;
  }

  async textOf(payload: Payload): Promise<Payload> {
    if (!isReference(payload)) return payload;
    const text = (await this.store.read([payload])).get(payload);
    if (text === undefined) throw new Error(`${payload} is not there`);
    return text;
  }
}

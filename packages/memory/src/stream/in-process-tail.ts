import type { IncomingMessage, Service, TailSubscription } from '@marathon/core';
import type { Backlog, KeptMessage, Sink } from './kept-message.js';
import type { Partition } from './partition.js';
import type { Surroundings } from './surroundings.js';

/** Gets, in one call for each turn of the event loop, what came meanwhile. */
export class InProcessTail implements Service, Sink {
  #batch: IncomingMessage[] = [];
  #bytes = 0;
  #isOpen = false;

  constructor(
    readonly subscription: TailSubscription,
    readonly partitions: readonly Partition[],
    readonly backlog: Backlog,
    readonly surroundings: Surroundings,
  ) {}

  get isFull(): boolean {
    return this.#batch.length >= this.backlog.messagesMax || this.#bytes >= this.backlog.bytesMax;
  }

  async start(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.surroundings.readers.add(this);
    for (const partition of this.partitions) partition.addSink(this);
  }

  async stop(): Promise<void> {
    this.#isOpen = false;
    this.surroundings.readers.delete(this);
    this.#batch = [];
    this.#bytes = 0;
    this.surroundings.scope(() => {
      for (const partition of this.partitions) partition.removeSink(this);
    });
  }

  push(kept: KeptMessage): void {
    if (this.#batch.length === 0) setImmediate(this.#deliver);
    this.#batch.push(kept.message);
    this.#bytes += kept.bytes;
  }

  readonly #deliver = (): void => {
    if (this.#batch.length === 0) return;
    if (this.surroundings.disorder?.holdsBack()) {
      setImmediate(this.#deliver);
      return;
    }
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    for (const partition of this.partitions) partition.admit();
    this.subscription.onMessages(batch);
  };
}

import type { IncomingMessage } from '@marathon/core';
import { Fifo } from './fifo.js';
import type { Backlog, KeptMessage, Sink } from './kept-message.js';

/**
 * What one group has not finished of one partition: messages handed out to the partition's consumer, and those that wait for it.
 * Always in the order of offsets. A finished message is let go at once, however many unfinished ones lie before it.
 */
export class GroupQueue implements Sink {
  /** Called when there is something to take. */
  onWaiting: (() => void) | undefined;

  readonly #waiting = new Fifo<KeptMessage>();
  readonly #handedOut = new Map<string, KeptMessage>();
  readonly #letGo = new Set<KeptMessage>();
  readonly #lastFinished: KeptMessage[] = [];
  #bytes = 0;

  /** `repeats`: how many finished messages are remembered, to be delivered again with the unfinished ones. */
  constructor(
    readonly backlog: Backlog,
    readonly repeats: number,
    messages: Iterable<KeptMessage>,
  ) {
    for (const kept of messages) this.push(kept);
  }

  get isFull(): boolean {
    return this.#waiting.length + this.#handedOut.size >= this.backlog.messagesMax || this.#bytes >= this.backlog.bytesMax;
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  /** When the stream took the first message that nobody was handed yet; undefined when there is none. */
  get waitsSinceMs(): number | undefined {
    return this.#waiting.peek()?.message.timestampMs;
  }

  push(kept: KeptMessage): void {
    this.#waiting.push(kept);
    this.#bytes += kept.bytes;
    this.onWaiting?.();
  }

  /** Hands out at most `limit` messages, appended to `batch`. */
  take(limit: number, batch: IncomingMessage[]): void {
    for (let i = 0; i < limit; i += 1) {
      const kept = this.#waiting.shift();
      if (!kept) return;
      this.#handedOut.set(kept.message.offset, kept);
      batch.push(kept.message);
    }
  }

  /** Messages that were not handed out, or are finished already, are ignored. */
  finish(offset: string): void {
    const kept = this.#handedOut.get(offset);
    if (!kept) return;
    this.#handedOut.delete(offset);
    this.#letGo.delete(kept);
    this.#bytes -= kept.bytes;
    if (this.repeats === 0) return;
    this.#lastFinished.push(kept);
    if (this.#lastFinished.length > this.repeats) this.#lastFinished.shift();
  }

  /** It will not be begun: the next consumer gets it as if it were the first. */
  letGo(offset: string): void {
    const kept = this.#handedOut.get(offset);
    if (kept) this.#letGo.add(kept);
  }

  /** What was handed out and is not finished waits again, marked unless it was let go: the partition goes to another consumer. */
  handBack(): void {
    const repeated = this.#lastFinished.splice(0);
    for (const kept of repeated) this.#bytes += kept.bytes;
    const again = [...repeated, ...this.#handedOut.values()].sort((a, b) => a.offset - b.offset);
    this.#handedOut.clear();
    this.#waiting.prepend(
      again.map((kept) => (this.#letGo.has(kept) ? kept : { ...kept, message: { ...kept.message, redelivered: true } })),
    );
    this.#letGo.clear();
  }

  /** All that is not finished, in the order of offsets. */
  *unfinished(): IterableIterator<KeptMessage> {
    yield* this.#handedOut.values();
    yield* this.#waiting;
  }
}

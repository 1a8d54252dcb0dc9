import type { IncomingMessage } from '@marathon/core';
import type { GroupQueue } from './group-queue.js';
import type { Partition } from './partition.js';

/** One consumer's hold on one partition, from being told of it until it is taken away. */
export class Assignment {
  #isPaused = false;
  #phase: 'preparing' | 'ready' | 'over' = 'preparing';

  /** `wake` is called when there is something to take. */
  constructor(
    readonly source: Partition,
    readonly queue: GroupQueue,
    readonly wake: () => void,
  ) {}

  get topic(): string {
    return this.source.topic;
  }

  get partition(): number {
    return this.source.partition;
  }

  get canTake(): boolean {
    return this.#phase === 'ready' && !this.#isPaused && this.queue.waits;
  }

  /** The consumer has prepared itself: messages may come. */
  begin(): void {
    if (this.#phase !== 'preparing') return;
    this.#phase = 'ready';
    this.queue.onWaiting = () => {
      if (!this.#isPaused) this.wake();
    };
    if (this.canTake) this.wake();
  }

  end(): void {
    this.#phase = 'over';
    this.queue.onWaiting = undefined;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.canTake) this.wake();
  }

  take(limit: number, batch: IncomingMessage[]): void {
    this.queue.take(limit, batch);
  }

  letGo(offset: string): void {
    this.queue.letGo(offset);
  }

  finish(offset: string): void {
    this.queue.finish(offset);
    this.source.admit();
  }

  caughtUpTo(nowMs: number): number {
    return this.#phase === 'ready' ? (this.queue.waitsSinceMs ?? nowMs) : 0;
  }
}

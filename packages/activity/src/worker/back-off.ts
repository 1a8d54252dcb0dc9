import type { Clock } from '@marathon/core';

const delayMsMin = 100;
const delayMsMax = 5_000;

/** Waits between tries, each twice as long as the one before. */
export class BackOff {
  readonly #clock: Clock;
  readonly #waits = new Set<() => void>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `failures` that went before this one. Resolves at once when it is closed. */
  wait(failures: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#waits.delete(end);
        resolve();
      };
      const cancel = this.#clock.at(this.#clock.now() + Math.min(delayMsMin * 2 ** failures, delayMsMax), end);
      this.#waits.add(end);
    });
  }

  /** Ends all waits. */
  close(): void {
    this.#isClosed = true;
    for (const end of [...this.#waits]) end();
  }
}

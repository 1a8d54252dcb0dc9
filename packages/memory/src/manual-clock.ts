import type { Clock } from '@marathon/core';

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
  readonly kind: TimerKind;
}

/** Whether time has to stop at an action, or whether it may come late: it only looks whether there is something to do. */
export type TimerKind = 'exact' | 'background';

/** A clock that stands still until it is moved. Actions run only while it is moved: by instant, then in the order in which they were set. */
export class ManualClock implements Clock {
  #nowMs: number;
  /** By instant, later ones of one instant behind earlier ones. */
  #timers: Timer[] = [];

  /** @param nowMs milliseconds since 1970; default the start of 2026 */
  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** When the next action is due, which may be in the past; undefined when none is set. */
  get nextAtMs(): number | undefined {
    return this.#timers[0]?.atMs;
  }

  /** When the next action is due that may not come late. */
  get nextExactAtMs(): number | undefined {
    return this.#timers.find(({ kind }) => kind === 'exact')?.atMs;
  }

  at(atMs: number, action: () => void, kind: TimerKind = 'exact'): () => void {
    const timer = { atMs, action, kind };
    const later = this.#timers.findIndex((other) => other.atMs > atMs);
    this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /**
   * Runs what is due until then, each action at its own instant; those that they set, too.
   * @throws RangeError when `atMs` is in the past.
   */
  advanceTo(atMs: number): void {
    if (!(atMs >= this.#nowMs)) throw new RangeError(`the clock stands at ${this.#nowMs} and does not go back to ${atMs}`);
    for (let next = this.#timers[0]; next && next.atMs <= atMs; next = this.#timers[0]) {
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** @throws RangeError when `durationMs` is negative. */
  advanceBy(durationMs: number): void {
    this.advanceTo(this.#nowMs + durationMs);
  }
}

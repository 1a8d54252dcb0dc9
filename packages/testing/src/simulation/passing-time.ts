import type { ManualClock } from '@marathon/memory';

/** Captured before a test could replace them. */
const { setTimeout: realTimeout, setImmediate: soon } = globalThis;
/** Far more than any instant has work for. */
const roundsMax = 10_000;

export interface PassingTimeOptions {
  /** See `SimulationOptions`. */
  readonly skipsIdleTimeAfterMs: number;
  /** True while code does real work that time stands still for. */
  isAtWork(): boolean;
  /** When the event log has to be looked at for a run; early at times, never too late. */
  nextWakeUpMs(): Promise<number | undefined>;
}

/** Says when nothing moves any more but by the clock, and what is due next. */
export class PassingTime {
  #stirred = 0;
  /** The last instant at which more than routine happened. */
  #livelyAtMs = 0;

  constructor(
    readonly clock: ManualClock,
    readonly options: PassingTimeOptions,
  ) {}

  /** Something happens, be it routine. */
  stir(): void {
    this.#stirred++;
  }

  /** Something happens that is not routine. */
  enliven(): void {
    this.#stirred++;
    this.#livelyAtMs = this.clock.now();
  }

  /** Resolves when nothing moves any more but by the clock. @throws Error when that never comes to be */
  async atRest(): Promise<void> {
    for (let seen = -1, rounds = 0; seen !== this.#stirred; rounds++) {
      if (rounds === roundsMax) throw new Error(`the engine goes round in circles at ${new Date(this.clock.now()).toISOString()}`);
      do {
        seen = this.#stirred;
        for (let i = 0; i < 4; i++) await new Promise((resolve) => soon(resolve));
      } while (seen === this.#stirred && (await this.#didRealWork()));
    }
  }

  /** When something is due next, but for routine that is to be skipped; `undefined` when there is nothing. */
  async nextAtMs(): Promise<number | undefined> {
    const { clock } = this;
    if (clock.now() - this.#livelyAtMs < this.options.skipsIdleTimeAfterMs) return clock.nextAtMs;
    const wakeUpMs = (await this.options.nextWakeUpMs()) ?? Number.POSITIVE_INFINITY;
    const nextMs = Math.min(clock.nextExactAtMs ?? Number.POSITIVE_INFINITY, wakeUpMs);
    // A bound of the event log that has passed is corrected by routine.
    if (nextMs <= clock.now()) return clock.nextAtMs;
    return nextMs < Number.POSITIVE_INFINITY ? nextMs : undefined;
  }

  /** Gives real work that is under way some time. @returns false when there is none */
  async #didRealWork(): Promise<boolean> {
    if (!this.options.isAtWork()) return false;
    await new Promise((resolve) => realTimeout(resolve, 1));
    return true;
  }
}

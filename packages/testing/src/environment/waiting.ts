import type { Simulation } from '../simulation/simulation.js';

interface Waiter {
  /** Resolves with true when it is over, whatever came of it. */
  look(): Promise<boolean>;
  giveUp(): Promise<void>;
}

/** All that a test waits for at one time: as long as there is something, virtual time goes from one thing that is due to the next. */
export class Waiting {
  readonly #waiters = new Set<Waiter>();
  #isDriving = false;

  constructor(readonly world: Simulation) {}

  /**
   * Resolves with what `look` gives as soon as that is not `undefined`; it is asked whenever nothing moves any more but by the clock.
   * Rejects with what it throws, and with the error of `explain` when nothing is due any more.
   */
  for<T>(look: () => T | undefined | Promise<T | undefined>, explain: () => Promise<Error>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({
        look: async () => {
          try {
            const found = await look();
            if (found !== undefined) resolve(found);
            return found !== undefined;
          } catch (error) {
            reject(error);
            return true;
          }
        },
        giveUp: async () => reject(await explain()),
      });
      void this.#drive();
    });
  }

  /** Resolves when nothing moves any more but by the clock. */
  async atRest(): Promise<void> {
    await this.for(
      () => true,
      async () => new Error('nothing comes to rest'),
    );
  }

  async #drive(): Promise<void> {
    if (this.#isDriving) return;
    this.#isDriving = true;
    while (this.#waiters.size > 0) {
      const before = new Set(this.#waiters);
      const isOver = await this.world.settleUntil(() => this.#look(), Number.POSITIVE_INFINITY);
      if (isOver) continue;
      for (const waiter of before) if (this.#waiters.delete(waiter)) await waiter.giveUp();
    }
    this.#isDriving = false;
  }

  /** @returns true when nobody waits any more. */
  async #look(): Promise<boolean> {
    const { clock } = this.world;
    // Messages of this instant are under way.
    if ((clock.nextExactAtMs ?? Number.POSITIVE_INFINITY) <= clock.now()) return false;
    for (const waiter of [...this.#waiters]) if (await waiter.look()) this.#waiters.delete(waiter);
    return this.#waiters.size === 0;
  }
}

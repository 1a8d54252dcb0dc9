import { setTimeout as sleep } from 'node:timers/promises';

/** Lets a test wait until something that it is told of has become true. */
export class Watchers {
  readonly #waiting = new Set<{ readonly holds: () => boolean; readonly resolve: () => void }>();

  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ holds, resolve }));
  }

  /** Call after every change. */
  changed(): void {
    for (const waiting of this.#waiting) {
      if (!waiting.holds()) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }
}

/** For what nobody tells of: asks again and again. The test's own time limit ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}

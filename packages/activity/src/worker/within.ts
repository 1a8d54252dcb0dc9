import type { Clock } from '@marathon/core';

/** Waits for `work`, but no longer than `timeoutMs`; tells whether it was in time. `work` must not reject. */
export function within(clock: Clock, timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = clock.at(clock.now() + timeoutMs, () => resolve(false));
    void work.then(() => {
      cancel();
      resolve(true);
    });
  });
}

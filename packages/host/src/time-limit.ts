import type { Clock } from '@marathon/core';

/** What `work` resolves with, or `undefined` when that takes longer than `timeoutMs`. Rejects when `work` does. */
export async function withTimeLimit<Value>(clock: Clock, timeoutMs: number, work: Promise<Value>): Promise<Value | undefined> {
  let cancel = () => {};
  const timeout = new Promise<undefined>((resolve) => {
    cancel = clock.at(clock.now() + timeoutMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([timeout, work]);
  } finally {
    cancel();
  }
}

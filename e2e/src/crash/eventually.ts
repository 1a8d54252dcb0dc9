import { setTimeout as delay } from 'node:timers/promises';

const checkEveryMs = 20;
const patienceMs = 30_000;

/** Resolves when the expectation holds. @throws what it threw last, when it never does */
export async function eventually(expectation: () => unknown): Promise<void> {
  for (const until = Date.now() + patienceMs; ; await delay(checkEveryMs)) {
    try {
      return void (await expectation());
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

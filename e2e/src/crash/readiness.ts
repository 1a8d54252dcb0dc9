import { setTimeout as delay } from 'node:timers/promises';

const checkEveryMs = 20;
const patienceMs = 60_000;

/** Resolves when the process says that it is ready, or that it is not. @throws Error when it does not say so in time. */
export async function untilReadiness(url: string, expected: 'ready' | 'not ready'): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await delay(checkEveryMs)) {
    const { ok } = await fetch(`${url}/health/ready`);
    if (ok === (expected === 'ready')) return;
  }
  throw new Error(`the process at ${url} did not become ${expected}`);
}

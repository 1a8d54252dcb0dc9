import { setTimeout as delay } from 'node:timers/promises';
import { processStart } from './process-identity.js';

export interface EndingStep {
  readonly signal: NodeJS.Signals;
  /** How long the process may take to end by it. */
  readonly waitMs: number;
}

/** Sends each signal after the time of the one before, until the process has ended. */
export async function endInSteps(
  kill: (signal: NodeJS.Signals) => unknown,
  ended: Promise<void>,
  steps: readonly EndingStep[],
): Promise<void> {
  for (const { signal, waitMs } of steps) {
    try {
      kill(signal);
    } catch {
      return; // there is no such process any more
    }
    const waiting = new AbortController();
    const over = await Promise.race([ended.then(() => true), delay(waitMs, false, { signal: waiting.signal }).catch(() => false)]);
    waiting.abort();
    if (over) return;
  }
}

/** Resolves when there is no such process any more; for one that is not our child. */
export async function gone(pid: number): Promise<void> {
  for (const start = await processStart(pid); start !== undefined && (await processStart(pid)) === start; ) await delay(20);
}

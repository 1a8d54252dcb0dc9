import { setTimeout as delay } from 'node:timers/promises';
import type { CrashingSystem } from './crashing-system.js';
import type { Load } from './load.js';

/** Longer than any point takes to be reached, also where something else runs. */
export const lifeMsMax = 90_000;

/** A life under load, to its end at the point of the plan. @throws Error when it ends otherwise, or does not end */
export async function liveUntil(crashAt: string, system: CrashingSystem, load: Load): Promise<void> {
  await system.start(crashAt);
  await load.driveUntil(Promise.race([system.death, delay(lifeMsMax, undefined, { ref: false })]));
  // On a machine that stood still for a while both come at once: death has another second.
  const end = await Promise.race([system.death, delay(1_000, undefined, { ref: false })]);
  if (end?.signal !== 'SIGKILL') throw new Error(`${crashAt} was not reached: ${JSON.stringify(end)}; last words:\n${system.lastWords}`);
}

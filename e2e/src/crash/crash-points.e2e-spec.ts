import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bomb } from './bomb.js';
import { evidenceViolations } from './check-evidence.js';
import { crashWorkflows } from './crash.workflows.js';
import { crashPlan } from './crash-plan.js';
import { type CrashingSystem, CrashingSystem as System } from './crashing-system.js';
import { everythingOver } from './everything-over.js';
import { Load } from './load.js';
import { readEvidence } from './read-evidence.js';
import { TestDatabase } from './test-database.js';

// By hand: MARATHON_CRASH_LIVES=500 for as many lives with points by chance; MARATHON_CRASH_SEED=7 repeats a plan, so far as a plan
// is all that decides; MARATHON_CRASH_PLAN=P6:1,P28:1 gives the plan itself.

const { MARATHON_CRASH_SEED, MARATHON_CRASH_LIVES, MARATHON_CRASH_PLAN } = process.env;
const seed = Number(MARATHON_CRASH_SEED ?? Date.now() % 1_000_000);
const plan =
  MARATHON_CRASH_PLAN?.split(',') ?? crashPlan(seed, MARATHON_CRASH_LIVES === undefined ? undefined : Number(MARATHON_CRASH_LIVES));
const lifeMsMax = 40_000;
const timeoutMs = 120_000 + plan.length * lifeMsMax;

describe(`a process that dies ${plan.length} times, by seed ${seed}`, () => {
  const database = new TestDatabase();
  let system: CrashingSystem;

  beforeAll(async () => {
    await database.start();
    system = new System({ args: ['--database', database.url], logFile: path.join(database.directory, 'system.log') });
  }, timeoutMs);

  afterAll(async () => {
    await system?.stop();
    await database.stop();
  }, timeoutMs);

  it(
    'keeps every promise',
    async () => {
      const load = new Load(() => system.url);
      for (const crashAt of plan) await liveUntil(crashAt, system, load);
      await system.start();
      await load.settled();
      expect(await everythingOver(database)).toEqual({ open: 0, entries: 0, requests: 0 });
      const evidence = await readEvidence(database.url, load.promises);
      expect(evidence.promises.starts.length).toBeGreaterThan(plan.length * 10);
      expect(await evidenceViolations(evidence, crashWorkflows(new Bomb()))).toEqual([]);
    },
    timeoutMs,
  );
});

/** A life under load, to its end at the point of the plan. */
async function liveUntil(crashAt: string, system: CrashingSystem, load: Load): Promise<void> {
  await system.start(crashAt);
  await load.driveUntil(Promise.race([system.death, delay(lifeMsMax, undefined, { ref: false })]));
  // On a machine that stood still for a while both come at once: death has another second.
  const end = await Promise.race([system.death, delay(1_000, system.lastWords, { ref: false })]);
  expect([crashAt, end]).toEqual([crashAt, { code: null, signal: 'SIGKILL' }]);
}

import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { brokenPromises } from './broken-promises.js';
import { crashPlan } from './crash-plan.js';
import { CrashingSystem } from './crashing-system.js';
import { EmbeddedData } from './embedded-data.js';
import { lifeMsMax, liveUntil } from './live-until.js';
import { Load } from './load.js';
import { TestDatabase } from './test-database.js';

// By hand: MARATHON_CRASH_LIVES=500 for as many lives with points by chance; MARATHON_CRASH_SEED=7 repeats a plan, so far as a plan
// is all that decides; MARATHON_CRASH_PLAN=P6:1,P28:1 gives the plan itself.

const { MARATHON_CRASH_SEED, MARATHON_CRASH_LIVES, MARATHON_CRASH_PLAN } = process.env;
const seed = Number(MARATHON_CRASH_SEED ?? Date.now() % 1_000_000);
const lives = MARATHON_CRASH_LIVES === undefined ? undefined : Number(MARATHON_CRASH_LIVES);
const plan = MARATHON_CRASH_PLAN?.split(',') ?? crashPlan(seed, lives);
const timeoutMs = 180_000 + plan.length * lifeMsMax;

describe(`a process that dies ${plan.length} times, by seed ${seed}`, () => {
  const database = new TestDatabase();
  const system = new CrashingSystem({ args: () => ['--database', database.url], logFile: path.join(database.directory, 'system.log') });

  beforeEach(() => database.start(), timeoutMs);
  afterEach(async () => {
    await system.stop();
    await database.stop();
  }, timeoutMs);

  it('keeps every promise', () => keepsEveryPromise(system, database, plan), timeoutMs);
});

const fewPlan = crashPlan(seed, 4);

describe(`a process with a PostgreSQL of its own that dies ${fewPlan.length} times, by seed ${seed}`, () => {
  const data = new EmbeddedData();
  const system = new CrashingSystem({ args: () => ['--data', data.dataDirectory], logFile: path.join(data.directory, 'system.log') });

  afterEach(async () => {
    await system.stop();
    data.remove();
  }, timeoutMs);

  it('keeps every promise, on the server that the life before had left behind', () => keepsEveryPromise(system, data, fewPlan), timeoutMs);
});

async function keepsEveryPromise(
  system: CrashingSystem,
  database: Pick<EmbeddedData, 'read' | 'url'>,
  points: readonly string[],
): Promise<void> {
  const load = new Load(() => system.url);
  for (const crashAt of points) await liveUntil(crashAt, system, load);
  await system.start();
  await load.settled();
  expect(load.promises.starts.length).toBeGreaterThan(points.length * 10);
  expect(await brokenPromises(database, load.promises)).toEqual([]);
}

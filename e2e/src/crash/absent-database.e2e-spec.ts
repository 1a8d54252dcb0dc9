import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { brokenPromises } from './broken-promises.js';
import { eventually } from './eventually.js';
import { Load } from './load.js';
import { untilReadiness } from './readiness.js';
import { useCrashingSystem } from './use-crashing-system.js';

// By hand: MARATHON_CRASH_ABSENCE=60 for as many seconds without PostgreSQL.
const absenceMs = Number(process.env.MARATHON_CRASH_ABSENCE ?? 5) * 1_000;
const timeoutMs = 180_000 + 2 * absenceMs;

describe('PostgreSQL that is away', () => {
  const { database, system } = useCrashingSystem();
  const load = new Load(() => system.url);

  it(
    'for a while: nothing is acknowledged meanwhile, and everything goes on afterwards',
    async () => {
      await load.driveUntil(delay(1_000));
      const bringBack = await database.takeAway();
      await untilReadiness(system.url, 'not ready');
      const acknowledged = load.promises.starts.length;
      await load.driveUntil(delay(absenceMs));
      expect(load.promises.starts).toHaveLength(acknowledged);
      await bringBack();
      await untilReadiness(system.url, 'ready');
      await expectAllKept();
    },
    timeoutMs,
  );

  it(
    'at the start: the process says so, serves when it has come, and takes up what was open',
    async () => {
      await load.driveUntil(delay(500));
      await system.kill();
      const bringBack = await database.takeAway();
      const started = system.start();
      await eventually(() => untilReadiness(system.url, 'not ready'));
      await eventually(() => expect(system.lastWords).toContain('cannot reach PostgreSQL yet'));
      expect((await fetch(`${system.url}/health/live`)).status).toBe(200);
      await bringBack();
      await started;
      await untilReadiness(system.url, 'ready');
      await expectAllKept();
    },
    timeoutMs,
  );

  async function expectAllKept(): Promise<void> {
    await load.settled();
    expect(await brokenPromises(database, load.promises)).toEqual([]);
  }
});

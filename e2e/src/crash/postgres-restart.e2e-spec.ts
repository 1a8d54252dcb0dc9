import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { brokenPromises } from './broken-promises.js';
import { Load } from './load.js';
import { untilReadiness } from './readiness.js';
import { useCrashingSystem } from './use-crashing-system.js';

// By hand: MARATHON_CRASH_RESTARTS=50 for as many restarts of PostgreSQL, every other one in order.
const restarts = Number(process.env.MARATHON_CRASH_RESTARTS ?? 3);
const timeoutMs = 180_000 + restarts * 30_000;

describe(`PostgreSQL that is restarted ${restarts} times under load`, () => {
  const { database, system } = useCrashingSystem();

  it(
    'costs nothing that was acknowledged, and the process goes on by itself',
    async () => {
      const load = new Load(() => system.url);
      const { pid } = system;
      for (let i = 0; i < restarts; i++) {
        await load.driveUntil(delay(1_000));
        database.killServer(i % 2 === 0 ? 'SIGKILL' : 'SIGINT');
        await load.driveUntil(untilReadiness(system.url, 'not ready'));
        await load.driveUntil(untilReadiness(system.url, 'ready'));
      }
      await load.settled();
      expect(await brokenPromises(database, load.promises)).toEqual([]);
      expect(isAlive(pid)).toBe(true);
    },
    timeoutMs,
  );
});

const isAlive = (pid: number): boolean => process.kill(pid, 0);

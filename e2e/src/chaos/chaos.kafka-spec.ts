import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRuns } from '../cluster/open-runs.js';
import { TestCluster } from '../cluster/test-cluster.js';
import { brokenPromises } from '../crash/broken-promises.js';
import { Load } from '../crash/load.js';
import { Chaos } from './chaos.js';
import { chaosPlan } from './chaos-plan.js';

// By hand: MARATHON_CHAOS_SEED=7 for another plan, MARATHON_CHAOS_MINUTES=20 for a longer one.
const seed = Number(process.env.MARATHON_CHAOS_SEED ?? 1);
const durationMs = Number(process.env.MARATHON_CHAOS_MINUTES ?? 5) * 60_000;
const runs = 1_000;
/** A wave begins each of the scenarios once, and every fourth a long one: 15.25 runs. */
const waveEveryMs = durationMs / Math.ceil(runs / 15.25);
const processesPerRole = 2;
const timeoutMs = durationMs + 300_000;

describe(`a cluster in which processes die and stand still for ${durationMs / 60_000} minutes (seed ${seed})`, () => {
  const system = new TestCluster({
    processes: { 'api-gateway': processesPerRole, orchestrator: processesPerRole, 'activity-worker': processesPerRole },
    orchestrator: { MARATHON_SWEEP_AGE: '5s', MARATHON_RESEND_AFTER: '10s' },
  });
  beforeAll(() => system.start(), timeoutMs);
  afterAll(() => system.stop(), timeoutMs);

  it(
    'keeps every promise',
    async () => {
      const gateways = system.cluster.of('api-gateway');
      let calls = 0;
      const load = new Load(() => gateways[calls++ % gateways.length]?.url as string, waveEveryMs);
      const chaos = new Chaos(system);
      await load.driveUntil(Promise.all([chaos.wreak(chaosPlan({ seed, durationMs, processesPerRole })), delay(durationMs)]));
      await load.settled();
      const broken = await brokenPromises(system.database, load.promises);
      console.log(
        JSON.stringify({ seed, starts: load.promises.starts.length, signals: load.promises.signals.length, faults: chaos.happened }),
      );
      expect([...broken, ...(await openRuns(system))]).toEqual([]);
    },
    timeoutMs,
  );
});

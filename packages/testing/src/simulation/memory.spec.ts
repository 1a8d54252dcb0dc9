import { expect, it } from '@jest/globals';
import { workflow } from '@marathon/workflow';
import { residueOf } from '../../test/inside.js';
import { Simulation } from './simulation.js';

/** MARATHON_TEST_MEMORY_RUNS=100000 takes about a minute. */
const runs = Number(process.env.MARATHON_TEST_MEMORY_RUNS ?? 5_000);
const perRound = 500;

const everything = workflow('everything', async (ctx, n: number) => {
  const signal = ctx.waitForSignal('go');
  await Promise.all([ctx.activity('work', n), ctx.run('step', () => n), ctx.sleep(n % 100)]);
  await Promise.race([ctx.sleep('1h'), ctx.activity('never'), ctx.run('slow', () => new Promise(() => {})), signal]);
  if (n % 7 === 0) throw new Error('seventh');
  if (n % 11 === 0) await new Promise((resolve) => setImmediate(resolve));
  return n;
});

it(
  `holds nothing any more of ${runs} runs that have closed`,
  async () => {
    const world = new Simulation({
      workflows: [everything],
      activities: { work: (input) => input, never: () => new Promise(() => {}) },
      faults: { duplicates: 0.1, lostCommits: 0.02, slowAttempts: 0.2, delays: 0.5 },
      residentRuns: 100,
    });
    const { runs: records } = (world.eventLog.runStore as unknown as { state: { runs: Map<string, unknown> } }).state;
    for (let round = 0; round < runs / perRound; round++) {
      for (let i = 0; i < perRound; i++) {
        const id = await world.start('everything', i);
        world.clock.at(world.clock.now() + 5_000, () => void world.signal(id, 'go'));
        world.clock.at(world.clock.now() + 20_000, () => void world.request(id, { kind: 'terminate' }));
        await world.awaitResult(id, id);
      }
      expect(await world.settleUntil(() => world.openRuns === 0, 3_600_000)).toBe(true);
      records.clear();
    }
    await world.settle(120_000);
    for (const { owner } of world.alive) {
      expect(Object.entries(residueOf(owner)).filter(([, count]) => count > 0)).toEqual([]);
    }
    await world.stop();
  },
  20 * 60_000,
);

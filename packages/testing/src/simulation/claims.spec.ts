import { describe, expect, it } from '@jest/globals';
import { workflow } from '@marathon/workflow';
import type { Faults } from './chance.js';
import { Simulation } from './simulation.js';

// Two workers, between which partitions move all the time, and owners that come and go. One seed replays a failure: MARATHON_TEST_SEED=….
const given = process.env.MARATHON_TEST_SEED;
const seeds = given === undefined ? Array.from({ length: 20 }, (_, i) => (Date.now() + i) % 2 ** 31) : [Number(given)];

const works = workflow('works', (ctx) =>
  Promise.all(
    [1, 2, 3].map(async (n) => {
      await ctx.activity('work', n);
      return ctx.activity('work', n, { heartbeatTimeout: '1h' });
    }),
  ),
);

/** All that may happen but what makes a message come late that says nothing of it: a claim protects against none. */
const faults: Faults = {
  slowAttempts: 0.7,
  rebalances: 0.7,
  workerDeaths: 0.2,
  crashes: 0.01,
  moves: 0.3,
  lostMessages: 0.2,
  lostCommits: 0.1,
  refusedCalls: 0.1,
  slowCalls: 0.3,
};

async function play(seed: number, claims: boolean) {
  const world = new Simulation({ workflows: [works], activities: { work: (input) => input }, processes: 2, seed, faults });
  const { workers } = world;
  const take = workers.take.bind(workers);
  if (!claims) workers.take = (task, worker) => take({ ...task, redelivered: false }, worker);
  for (let i = 0; i < 10; i++) await world.start('works');
  await world.settle(60_000);
  world.chance.calm();
  await world.settleUntil(() => world.openRuns === 0, 3_600_000);
  await world.stop();
  return { doubled: workers.doubled, refusals: workers.refusals, openRuns: world.openRuns };
}

describe('tasks that are delivered again while an attempt runs', () => {
  it.each(seeds)('are begun by no other worker when they are claimed, and every run completes (MARATHON_TEST_SEED=%i)', async (seed) => {
    const { doubled, refusals, openRuns } = await play(seed, true);
    expect(doubled).toEqual([]);
    expect(openRuns).toBe(0);
    expect(refusals).toBeGreaterThan(0);
  });

  it('are begun twice by workers that do not claim them', async () => {
    const { doubled, openRuns } = await play(1, false);
    expect(doubled.length).toBeGreaterThan(10);
    expect(openRuns).toBe(0);
  });
});

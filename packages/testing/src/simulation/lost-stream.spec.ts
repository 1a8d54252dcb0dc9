import { afterEach, expect, it } from '@jest/globals';
import type { RunId } from '@marathon/core';
import { workflow } from '@marathon/workflow';
import { violationsIn } from '../checks/check-simulation.js';
import { Simulation } from './simulation.js';

let world: Simulation;
afterEach(() => world.stop());

const mixed = workflow('mixed', async (ctx, n: number) => {
  const go = ctx.waitForSignal('go');
  const retry = { initialInterval: 500, attemptsMax: 100 };
  for (let i = 0; i < 4; i++) {
    await Promise.all([ctx.activity('work', i, { retry }), ctx.activity('fragile', i, { retry }), ctx.run('step', () => n)]);
    await ctx.sleep(700);
  }
  await go;
  return n;
});

it.each([1, 2, 3])(
  'completes every run after all messages were lost, whatever was under way (seed %i)',
  async (seed) => {
    world = new Simulation({
      workflows: [mixed],
      activities: {
        work: (input) => input,
        fragile: (_, attempt) => {
          if (attempt === 1) throw new Error('the first time');
        },
      },
      seed,
      processes: 2,
      residentRuns: 20,
      faults: { delays: 0.9, delayMsMax: 3_000, slowAttempts: 0.3, duplicates: 0.1 },
      resendAfterMs: 4_000,
    });
    const ids: RunId[] = [];
    for (let i = 0; i < 120; i++) {
      const id = await world.start('mixed', i);
      ids.push(id);
      world.clock.at(world.clock.now() + 50 * i, () => void world.signal(id, 'go'));
      await world.settle(40);
    }
    world.loseMessages();
    const last = await world.start('mixed', 120);
    await world.signal(last, 'go');
    world.loseMessages();
    world.chance.calm();
    expect(await world.settleUntil(() => world.openRuns === 0, 120_000)).toBe(true);
    await world.settle(2_000);
    for (const id of [...ids, last]) expect((await world.find(id)).status).toBe('Completed');
    expect(await violationsIn(world, () => mixed)).toEqual([]);
  },
  30_000,
);

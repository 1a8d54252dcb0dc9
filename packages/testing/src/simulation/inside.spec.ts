// biome-ignore-all lint/complexity/useLiteralKeys: by a name in brackets TypeScript lets tests reach what is private

import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunAdvance } from '@marathon/core';
import { workflow } from '@marathon/workflow';
import { residueOf, strayStates, wrongLapses } from '../../test/inside.js';
import { Simulation } from './simulation.js';

// What the property test looks at in memory is worth nothing unless it sees what is wrong.

const waits = workflow('waits', async (ctx) => {
  const work = ctx.activity('work');
  const step = ctx.run('step', () => new Promise(() => {}));
  await Promise.all([work, step, ctx.sleep('1h'), ctx.waitForSignal('never')]);
});

let world: Simulation;
afterEach(() => world.stop());

async function waiting() {
  world = new Simulation({ workflows: [waits], activities: { work: () => 1 }, faults: { slowAttempts: 1, workerDeaths: 0 }, seed: 4 });
  const id = await world.start('waits');
  await world.awaitResult(id, 'c');
  await world.settle(2_500);
  const [process] = world.alive;
  if (!process) throw new Error('no process');
  return { id, owner: process.owner };
}

describe('the look into memory', () => {
  it('counts all that is held for an open run', async () => {
    const { owner } = await waiting();
    expect(residueOf(owner)).toMatchObject({ runs: 1, waiters: 1, wakeUps: 1, steps: 1 });
  });

  it('sees a state that its history does not say', async () => {
    const { id, owner } = await waiting();
    expect(await strayStates(world)).toEqual([]);
    const run = owner['lanes'].map((lane) => lane['runs'].get(id)).find(Boolean);
    run?.state.timers.clear();
    expect(await strayStates(world)).toEqual([expect.stringContaining(`${id}: `)]);
  });

  it('sees a lease lapse that its worker renews', async () => {
    const { id } = await waiting();
    expect(world.workers.isLeased(id, 2, 1)).toBe(true);
    const failure = { type: 'ActivityTimedOut', message: 'attempt 1 ran out of its lease time' };
    const lapse = { seq: 9, at: 1, type: 'ActivityRetryScheduled', data: { activitySeq: 2, attempt: 2, firesAtMs: 1, failure } };
    expect(wrongLapses(world, { runId: id, events: [lapse] } as unknown as RunAdvance)).toHaveLength(1);
    expect(wrongLapses(world, { runId: 'other', events: [lapse] } as unknown as RunAdvance)).toEqual([]);
  });
});

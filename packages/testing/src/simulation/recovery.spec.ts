import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunId } from '@marathon/core';
import { workflow } from '@marathon/workflow';
import { unanswered } from './simulated-workers.js';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

const worlds: Simulation[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

function simulate(options: SimulationOptions) {
  const world = new Simulation(options);
  worlds.push(world);
  return world;
}

const statuses = async (world: Simulation, ids: readonly RunId[]) => {
  const rows = await Promise.all(ids.map((id) => world.find(id)));
  return Object.fromEntries([...Map.groupBy(rows, ({ status }) => status)].map(([status, of]) => [status, of.length]));
};

describe('a process that takes over', () => {
  it('brings back more open runs than it holds at a time, page by page, while others come in', async () => {
    let isBack = false;
    const works = workflow('works', (ctx) => ctx.activity('work'));
    const world = simulate({ workflows: [works], activities: { work: () => (isBack ? 1 : unanswered) }, residentRuns: 50 });
    const ids: RunId[] = [];
    for (let i = 0; i < 1_500; i++) ids.push(await world.start('works'));
    await world.settle();
    isBack = true;
    const crashing = world.crash();
    for (let i = 0; i < 300; i++) ids.push(await world.start('works'));
    await crashing;
    await world.settle(2_000);
    expect(await statuses(world, ids)).toEqual({ Completed: 1_800 });
  });

  it('fires timers that fell due while nobody was there, all of them soon', async () => {
    const sleeps = workflow('sleeps', (ctx) => ctx.sleep('1m'));
    const world = simulate({ workflows: [sleeps], residentRuns: 100 });
    const ids: RunId[] = [];
    for (let i = 0; i < 6_000; i++) ids.push(await world.start('sleeps'));
    await world.settle();
    const crashing = world.crash();
    world.clock.advanceBy(120_000);
    await crashing;
    await world.settle(3_000);
    expect(await statuses(world, ids)).toEqual({ Completed: 6_000 });
  }, 60_000);

  it('performs steps again whose result was not recorded, and none whose result was', async () => {
    const performed: string[] = [];
    const steps = workflow('steps', async (ctx) => {
      await ctx.run('first', () => void performed.push('first'));
      await ctx.run('second', () => {
        performed.push('second');
        return performed.filter((name) => name === 'second').length === 1 ? new Promise(() => {}) : undefined;
      });
    });
    const world = simulate({ workflows: [steps] });
    const id = await world.start('steps');
    await world.settle();
    await world.crash();
    expect((await world.find(id)).status).toBe('Completed');
    expect(performed).toEqual(['first', 'second', 'second']);
  });

  it('hands the details of the last heartbeat to the next attempt', async () => {
    const inputs: unknown[] = [];
    const beats = workflow('beats', (ctx) => ctx.activity('beat', undefined, { heartbeatTimeout: '6s', retry: { initialInterval: 10 } }));
    const world = simulate({
      workflows: [beats],
      activities: { beat: (_, attempt) => attempt },
      processes: 2,
      faults: { slowAttempts: 1, workerDeaths: 0.5 },
      seed: 5,
    });
    const send = world.workers.take.bind(world.workers);
    world.workers.take = (task) => {
      inputs.push([task.attempt, task.heartbeatDetails]);
      send(task);
    };
    await world.start('beats');
    await world.settle(5_000);
    await world.crash();
    await world.settle(300_000);
    const later = inputs.filter((entry) => (entry as [number])[0] > 1);
    expect(later.length).toBeGreaterThan(0);
    for (const [attempt, details] of later as [number, string][]) expect(Number(details)).toBe(attempt - 1);
  });
});

describe('a lease', () => {
  it('lapses though its run is evicted and read again all the time', async () => {
    const both = workflow('both', (ctx) => ctx.activity('work', undefined, { heartbeatTimeout: '1h', retry: { initialInterval: 10 } }));
    const noise = workflow('noise', async (ctx) => {
      for (let i = 0; i < 60; i++) await ctx.sleep('1s');
    });
    const world = simulate({
      workflows: [both, noise],
      activities: { work: (_, attempt) => (attempt === 1 ? unanswered : 'done') },
      residentRuns: 1,
    });
    const take = world.workers.take.bind(world.workers);
    world.workers.take = (task) => {
      if (task.attempt > 1) return take(task);
      const { runId, activitySeq, attempt, replyTo: to } = task;
      world.workers.send([{ kind: 'activity-announced', to, runId, activitySeq, attempt, worker: 'dies' }]);
    };
    const ids = [await world.start('both', undefined, { workflowId: 'w' })];
    for (let i = 0; i < 8; i++) await world.start('noise');
    for (let s = 3; s < 60; s += 3) world.clock.at(world.clock.now() + s * 1_000, () => void world.signal('w', 'knock'));
    await world.settle(20_000);
    expect(await statuses(world, ids)).toEqual({ Completed: 1 });
  });
});

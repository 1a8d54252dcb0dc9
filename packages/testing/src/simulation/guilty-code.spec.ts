import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type AnyWorkflowDefinition, workflow } from '@marathon/workflow';
import { Simulation } from './simulation.js';

const worlds: Simulation[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

function simulate(...workflows: AnyWorkflowDefinition[]) {
  const world = new Simulation({ workflows, activities: { act: (input) => input } });
  worlds.push(world);
  return world;
}

const last = async (world: Simulation, id: Parameters<Simulation['history']>[0]) => (await world.history(id)).at(-1);

describe('code that no replay can repeat', () => {
  it('because two runs share a promise suspends the one that is woken, and not the one that wakes it', async () => {
    let shared = Promise.withResolvers<void>();
    const waits = workflow('waits', async (ctx) => {
      const timeout = ctx.sleep('1h');
      await shared.promise;
      await Promise.race([timeout, ctx.activity('act')]);
    });
    const settles = workflow('settles', async (ctx) => {
      await ctx.sleep('1s');
      shared.resolve();
      return ctx.activity('act', 'fine');
    });
    shared = Promise.withResolvers();
    const world = simulate(waits, settles);
    const [guilty, innocent] = [await world.start('waits'), await world.start('settles')];
    await world.settle(2_000);
    expect(await last(world, guilty)).toMatchObject({
      type: 'WorkflowSuspended',
      data: { suspension: { reason: 'foreign-await', message: expect.stringContaining('ctx.activity("act")') } },
    });
    expect(await last(world, innocent)).toMatchObject({ type: 'WorkflowCompleted', payload: '"fine"' });
  });

  it('because it awaits a thread of Node is suspended, whatever else it waits for', async () => {
    const compress = promisify(deflate);
    const compresses = workflow('compresses', async (ctx) => {
      const timeout = ctx.sleep('1h');
      const bytes = await compress('text');
      await Promise.race([timeout, ctx.activity('act', bytes.length)]);
    });
    const world = simulate(compresses);
    const id = await world.start('compresses');
    await world.settle();
    await compress('another text');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await world.settle();
    expect(await last(world, id)).toMatchObject({ type: 'WorkflowSuspended', data: { suspension: { reason: 'foreign-await' } } });
  });

  it('can be terminated, and takes signals until then', async () => {
    const stuck = workflow('stuck', () => new Promise(() => {}));
    const world = simulate(stuck);
    const id = await world.start('stuck', undefined, { workflowId: 'w' });
    await world.settle();
    await world.signal('w', 'knock');
    await world.request('w', { kind: 'cancel' });
    await world.request('w', { kind: 'terminate', reason: 'stuck' });
    await world.settle();
    expect((await world.history(id)).map(({ type }) => type)).toEqual([
      'WorkflowStarted',
      'WorkflowSuspended',
      'SignalReceived',
      'CancelRequested',
      'WorkflowTerminated',
    ]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { RunId } from '@marathon/core';
import { type AnyWorkflowDefinition, signal, update, workflow } from '@marathon/workflow';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

const worlds: Simulation[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

function simulate(workflows: readonly AnyWorkflowDefinition[], options: Partial<SimulationOptions> = {}) {
  const world = new Simulation({ workflows, activities: { act: (input) => input }, ...options });
  worlds.push(world);
  return world;
}

/** A library with a life of its own: what it promises, it keeps when its time has come. */
class Library {
  private promised: (() => void)[] = [];
  readonly connect = () => new Promise<void>((resolve) => this.promised.push(resolve));

  async keepPromises(): Promise<void> {
    for (const keep of this.promised.splice(0)) keep();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const add = update<void>('add');
const go = signal('go');

/** Serves updates, and awaits a promise of a library. */
function serving(library: Library) {
  return workflow('serving', async (ctx) => {
    ctx.onUpdate(add, () => {});
    await ctx.sleep(1);
    await library.connect();
    await ctx.activity('act');
  });
}

const lastOf = async (world: Simulation, id: RunId) => (await world.history(id)).at(-1);
const isGuilty = { type: 'WorkflowSuspended', data: { suspension: { reason: 'foreign-await' } } };

describe('code that awaits the promise of a library', () => {
  it('is suspended although it was evicted before that settled, and nothing happens to it', async () => {
    const library = new Library();
    const world = simulate([serving(library)], { residentRuns: 0 });
    const id = await world.start('serving');
    await world.settle(500);
    await library.keepPromises();
    await world.settle();
    expect(await lastOf(world, id)).toMatchObject({ type: 'TimerFired' });
    await world.settle(1_000);
    await library.keepPromises();
    await world.settle();
    expect(await lastOf(world, id)).toMatchObject(isGuilty);
  });

  it('is suspended although its process died before that settled, and nothing happens to it', async () => {
    const library = new Library();
    const world = simulate([serving(library)]);
    const ids = [await world.start('serving'), await world.start('serving')];
    await world.settle(10);
    await world.crash();
    await library.keepPromises();
    await world.settle(900);
    for (const id of ids) expect(await lastOf(world, id)).toMatchObject({ type: 'TimerFired' });
    for (let i = 0; i < ids.length; i++) {
      await world.settle(1_000);
      await library.keepPromises();
    }
    await world.settle();
    for (const id of ids) expect(await lastOf(world, id)).toMatchObject(isGuilty);
  });

  it('in a handler is found, too, whatever its function awaits', async () => {
    const library = new Library();
    const handles = workflow('handles', async (ctx) => {
      ctx.onUpdate(add, () => library.connect());
      await ctx.waitForSignal(go);
    });
    const world = simulate([handles]);
    const id = await world.start('handles', undefined, { workflowId: 'w' });
    await world.request('w', { kind: 'update', updateId: 'u', name: 'add' });
    await world.settle();
    await world.crash();
    await world.settle(1_000);
    await library.keepPromises();
    await world.settle();
    expect(await lastOf(world, id)).toMatchObject(isGuilty);
  });

  it('is left alone where the run has gone on meanwhile', async () => {
    const library = new Library();
    const races = workflow('races', async (ctx) => {
      await Promise.race([library.connect().then(() => ctx.activity('act')), ctx.waitForSignal(go)]);
      await ctx.waitForSignal('end');
      return 'end';
    });
    const world = simulate([races], { residentRuns: 0 });
    const id = await world.start('races', undefined, { workflowId: 'w' });
    await world.settle(1_100);
    // A replay for a check is where the run was before this.
    await world.signal('w', 'go');
    await world.settle();
    await library.keepPromises();
    await world.settle();
    expect((await world.history(id)).map(({ type }) => type)).toEqual(['WorkflowStarted', 'SignalReceived']);
    await world.signal('w', 'end');
    await world.settle();
    expect(await lastOf(world, id)).toMatchObject({ type: 'WorkflowCompleted' });
  });
});

describe('code that awaits a promise which its own handler settles', () => {
  it('is never suspended for it', async () => {
    const gated = workflow('gated', async (ctx) => {
      const gate = Promise.withResolvers<void>();
      ctx.onSignal(go, () => gate.resolve());
      await gate.promise;
      return ctx.activity('act', 'through');
    });
    const world = simulate([gated], { residentRuns: 0 });
    const id = await world.start('gated', undefined, { workflowId: 'w' });
    await world.settle(5_000);
    await world.crash();
    await world.settle(3_600_000);
    expect((await world.history(id)).map(({ type }) => type)).toEqual(['WorkflowStarted']);
    await world.signal('w', 'go');
    await world.settle(1_000);
    expect(await lastOf(world, id)).toMatchObject({ type: 'WorkflowCompleted', payload: '"through"' });
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import type { HistoryEvent, Log } from '@marathon/core';
import { type AnyWorkflowDefinition, type WorkflowContext, workflow } from '@marathon/workflow';
import { Simulation } from './simulation.js';

const worlds: Simulation[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

function simulate(definition: AnyWorkflowDefinition) {
  const errors: unknown[] = [];
  const log: Log = { info() {}, warn() {}, error: (message, fields) => errors.push({ message, ...fields }) };
  const world = new Simulation({ workflows: [definition], activities: { act: (input) => input }, log });
  worlds.push(world);
  return { world, errors };
}

/** Gives another input each time its code is run: state of the module, which no history holds. */
function forgetful(rest: (ctx: WorkflowContext) => Promise<unknown>) {
  let calls = 0;
  return workflow('forgetful', async (ctx) => {
    await ctx.activity('act', ++calls);
    return rest(ctx);
  });
}

const types = (history: readonly HistoryEvent[]) => history.map(({ type }) => type);

describe('the audit by replay', () => {
  it('suspends an open run whose code does something else on replay, and says what', async () => {
    const { world, errors } = simulate(forgetful((ctx) => ctx.waitForSignal('go')));
    const id = await world.start('forgetful');
    await world.settle(500);
    expect(types(await world.history(id))).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityCompleted']);
    await world.settle(1_500);
    const last = (await world.history(id)).at(-1);
    expect(last).toMatchObject({
      type: 'WorkflowSuspended',
      data: {
        suspension: {
          reason: 'non-deterministic',
          expected: 'ActivityScheduled "act" with input 1',
          actual: 'ActivityScheduled "act" with input 2',
          build: expect.any(String),
        },
      },
    });
    expect(errors).toHaveLength(1);
  });

  it('reports a closed one, and leaves it as it is', async () => {
    const { world, errors } = simulate(forgetful(async () => 'done'));
    const id = await world.start('forgetful');
    await world.settle(2_000);
    expect(errors).toMatchObject([
      { runId: id, status: 'Completed', workflow: 'forgetful', expected: expect.any(String), actual: expect.any(String) },
    ]);
    expect((await world.find(id)).status).toBe('Completed');
  });

  it('finds nothing in code that depends on its history alone, and looks only after something happened', async () => {
    let reads = 0;
    const steady = workflow('steady', async (ctx) => {
      for (let i = 0; i < 20; i++) {
        await ctx.activity('act', [i, ctx.random(), ctx.now()]);
        await ctx.sleep(700);
      }
      await ctx.waitForSignal('go');
    });
    const { world, errors } = simulate(steady);
    const { runStore } = world.eventLog;
    const loadRuns = runStore.loadRuns.bind(runStore);
    runStore.loadRuns = (ids) => {
      reads++;
      return loadRuns(ids);
    };
    const id = await world.start('steady');
    await world.settle(20_000);
    expect(reads).toBeGreaterThan(10);
    expect(reads).toBeLessThan(20);
    const readsWhenBusy = reads;
    await world.settle(60_000);
    expect(reads).toBe(readsWhenBusy);
    expect(errors).toEqual([]);
    expect((await world.find(id)).status).toBe('Running');
  });

  it('passes over histories above its bound', async () => {
    const long = workflow('long', async (ctx) => {
      await ctx.activity('act', Math.trunc(performance.now() * 1_000));
      for (let i = 0; i < 2_000; i++) await ctx.waitForSignal('go');
    });
    const { world, errors } = simulate(long);
    const id = await world.start('long', undefined, { workflowId: 'w' });
    for (let i = 0; i < 2_000; i++) await world.signal('w', 'go');
    await world.settle(5_000);
    expect(errors).toEqual([]);
    expect((await world.find(id)).status).toBe('Completed');
  });
});

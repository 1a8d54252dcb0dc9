import { afterEach, describe, expect, it } from '@jest/globals';
import { ActivityFailedError, type AnyWorkflowDefinition, WorkflowCanceledError, workflow } from '@marathon/workflow';
import { type SimulatedActivity, unanswered } from './simulated-workers.js';
import { Simulation } from './simulation.js';
import type { SimulationOptions } from './simulation-options.js';

const worlds: Simulation[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()));
});

function simulate(
  definition: AnyWorkflowDefinition,
  activities: Record<string, SimulatedActivity> = {},
  more: Partial<SimulationOptions> = {},
) {
  const world = new Simulation({
    workflows: [definition],
    activities,
    log: { info() {}, warn: console.warn, error: console.error },
    ...more,
  });
  worlds.push(world);
  return world;
}

const typesOf = async (world: Simulation, id: Parameters<Simulation['history']>[0]) => (await world.history(id)).map(({ type }) => type);

describe('a run', () => {
  it('records activities in sequence and its result', async () => {
    const add = workflow('add', async (ctx, { a, b }: { a: number; b: number }) => {
      const first = await ctx.activity<number>('plus', [a, b]);
      return ctx.activity<number>('plus', [first, 1]);
    });
    const world = simulate(add, { plus: (input) => (input as number[]).reduce((x, y) => x + y) });
    const id = await world.start('add', { a: 1, b: 2 });
    await world.settle();
    expect((await world.history(id)).map(({ seq, type, payload }) => [seq, type, payload])).toEqual([
      [1, 'WorkflowStarted', '{"a":1,"b":2}'],
      [2, 'ActivityScheduled', '[1,2]'],
      [3, 'ActivityCompleted', '3'],
      [4, 'ActivityScheduled', '[3,1]'],
      [5, 'ActivityCompleted', '4'],
      [6, 'WorkflowCompleted', '4'],
    ]);
    expect(await world.find(id)).toMatchObject({ status: 'Completed', lastSeq: 6 });
  });

  it('retries a failed attempt after its back-off, and fails with the last failure', async () => {
    const fragile = workflow('fragile', async (ctx) => {
      try {
        await ctx.activity('break', undefined, { retry: { initialInterval: '1s', attemptsMax: 3 } });
      } catch (error) {
        return error instanceof ActivityFailedError ? [error.attempt, error.failure.message] : 'other';
      }
    });
    const world = simulate(fragile, {
      break: (_, attempt) => {
        throw new Error(`no ${attempt}`);
      },
    });
    const id = await world.start('fragile');
    await world.settle(10_000);
    expect(await typesOf(world, id)).toEqual([
      'WorkflowStarted',
      'ActivityScheduled',
      'ActivityRetryScheduled',
      'ActivityRetryDue',
      'ActivityRetryScheduled',
      'ActivityRetryDue',
      'ActivityFailed',
      'WorkflowCompleted',
    ]);
    expect((await world.history(id)).at(-1)?.payload).toBe('[3,"no 3"]');
  });

  it('sleeps through crashes', async () => {
    const sleeper = workflow('sleeper', async (ctx) => {
      const before = ctx.now();
      await ctx.sleep('1h');
      return ctx.now() - before;
    });
    const world = simulate(sleeper);
    const id = await world.start('sleeper');
    await world.settle(1_000);
    await world.crash();
    await world.settle(3_600_000);
    const history = await world.history(id);
    expect(history.map(({ type }) => type)).toEqual(['WorkflowStarted', 'TimerStarted', 'TimerFired', 'WorkflowCompleted']);
    expect(Number(history.at(-1)?.payload)).toBeGreaterThanOrEqual(3_600_000);
  });

  it('keeps signals that come before anybody waits, in their order', async () => {
    const listener = workflow('listener', async (ctx) => [await ctx.waitForSignal('go'), await ctx.waitForSignal('go')]);
    const world = simulate(listener);
    const id = await world.start('listener', undefined, { workflowId: 'l' });
    await world.signal('l', 'go', 1);
    await world.signal('l', 'go', 2);
    await world.settle();
    expect((await world.history(id)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,2]' });
  });

  it('performs a step in place once, also when the process dies after it', async () => {
    let performed = 0;
    const local = workflow('local', async (ctx) => {
      const value = await ctx.run('count', () => ++performed);
      await ctx.sleep('1h');
      return value;
    });
    const world = simulate(local);
    const id = await world.start('local');
    await world.settle();
    await world.crash();
    await world.settle(3_600_000);
    expect(await typesOf(world, id)).toEqual(['WorkflowStarted', 'StepCompleted', 'TimerStarted', 'TimerFired', 'WorkflowCompleted']);
    expect(performed).toBe(1);
  });

  it('cancels what it waits for, and lets the code clean up', async () => {
    const careful = workflow('careful', async (ctx) => {
      try {
        await Promise.all([ctx.sleep('1h'), ctx.activity('never')]);
      } catch (error) {
        if (!(error instanceof WorkflowCanceledError)) throw error;
        await ctx.activity('clean-up', error.reason);
        throw error;
      }
    });
    const cleaned: unknown[] = [];
    const world = simulate(careful, { never: () => unanswered, 'clean-up': (reason) => cleaned.push(reason) });
    const id = await world.start('careful', undefined, { workflowId: 'c' });
    await world.settle();
    await world.request('c', { kind: 'cancel', reason: 'enough' });
    await world.settle();
    expect(await typesOf(world, id)).toEqual([
      'WorkflowStarted',
      'TimerStarted',
      'ActivityScheduled',
      'CancelRequested',
      'TimerCanceled',
      'ActivityCanceled',
      'ActivityScheduled',
      'ActivityCompleted',
      'WorkflowCanceled',
    ]);
    expect(cleaned).toEqual(['enough']);
  });
});

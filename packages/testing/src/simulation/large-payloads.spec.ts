import { expect, it } from '@jest/globals';
import { isReference } from '@marathon/core';
import { workflow } from '@marathon/workflow';
import { violationsIn } from '../checks/check-simulation.js';
import { Simulation } from './simulation.js';

const large = 'x'.repeat(300 * 1_024);

it('stand beside histories in a world that moves them, wherever they come from, and come back whole', async () => {
  const seen: unknown[] = [];
  const code = workflow('code', async (ctx, input: string) => {
    const results = [await ctx.activity('echo', input), await ctx.run('step', () => `${large}2`), await ctx.waitForSignal('go')];
    return results.map((result) => (result as string).slice(large.length));
  });
  const echo = (input: unknown) => {
    seen.push(input);
    return `${large}1`;
  };
  const world = new Simulation({ workflows: [code], activities: { echo }, movesLargePayloads: true });
  const id = await world.start('code', large, { workflowId: 'w' });
  await world.signal('w', 'go', `${large}3`);
  await world.signal('w', 'unheard', large);
  await world.settle();
  await world.stop();
  const history = await world.history(id);
  expect(history.filter(({ payload }) => isReference(payload)).map(({ type }) => type)).toEqual([
    'WorkflowStarted',
    'ActivityScheduled',
    'SignalReceived',
    'SignalReceived',
    'ActivityCompleted',
    'StepCompleted',
  ]);
  expect(history.at(-1)?.payload).toBe('["1","2","3"]');
  expect(seen).toEqual([large]);
  expect(await violationsIn(world, () => code)).toEqual([]);
});

it('reach the code of a run that had to wait for its place under a limit, and what came meanwhile', async () => {
  const limited = workflow('limited', { concurrency: { key: 'all', limit: 1 } }, async (ctx, input: string) => {
    const signal = await ctx.waitForSignal<string>('go');
    return [input, signal].map((text) => text.slice(large.length));
  });
  const world = new Simulation({ workflows: [limited], activities: {}, movesLargePayloads: true });
  await world.start('limited', `${large}1`, { workflowId: 'first' });
  await world.settle();
  const second = await world.start('limited', `${large}2`, { workflowId: 'second' });
  await world.signal('second', 'go', `${large}3`);
  await world.settle();
  await world.signal('first', 'go', large);
  await world.settle();
  await world.stop();
  expect((await world.history(second)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '["2","3"]' });
  expect(await violationsIn(world, () => limited)).toEqual([]);
});

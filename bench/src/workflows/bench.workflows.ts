import { type AnyWorkflowDefinition, signal, update, type WorkflowContext, workflow } from '@marathon/workflow';
import { type StepResult, step } from './step.js';

/** Runs step `i`: on a worker, or in place. */
type Perform = (ctx: WorkflowContext, i: number) => Promise<StepResult>;

const onWorker: Perform = (ctx, i) => ctx.activity<StepResult>('bench.step', i);
const inPlace: Perform = (ctx, i) => ctx.run('step', () => step(i));

const sequence = (name: string, perform: Perform, count: number) =>
  workflow(`bench.${name}`, async (ctx) => {
    let last: StepResult | undefined;
    for (let i = 0; i < count; i++) last = await perform(ctx, i);
    return last;
  });

const fanOut = (name: string, perform: Perform, count: number) =>
  workflow(`bench.${name}`, async (ctx) => {
    const results = await Promise.all(Array.from({ length: count }, (_, i) => perform(ctx, i)));
    return { count: results.length };
  });

const goUpdate = update<unknown, unknown>('go');
const goSignal = signal<unknown>('go');

/** Stays open and answers what it is sent. */
const sticky = (name: string) =>
  workflow(`bench.${name}`, { signals: [goSignal], updates: [goUpdate] }, async (ctx) => {
    ctx.onUpdate(goUpdate, (input) => input);
    ctx.onSignal(goSignal, () => {});
    await ctx.waitForSignal('end');
  });

export const benchWorkflows: readonly AnyWorkflowDefinition[] = [
  sequence('w1', onWorker, 1),
  sequence('w3', onWorker, 3),
  sequence('w10', onWorker, 10),
  fanOut('fan100', onWorker, 100),
  sequence('w1.local', inPlace, 1),
  sequence('w3.local', inPlace, 3),
  sequence('w10.local', inPlace, 10),
  fanOut('fan100.local', inPlace, 100),
  workflow('bench.map', async (ctx) => {
    const items = Array.from({ length: 100_000 }, (_, i) => i);
    const results = await ctx.map<StepResult>(items, 'bench.step', { concurrency: 1_000 });
    return { count: results.length };
  }),
  workflow('bench.timer', async (ctx) => {
    await ctx.sleep('100ms');
    return onWorker(ctx, 0);
  }),
  sticky('update.sticky'),
  sticky('signal.sticky'),
  workflow('bench.signal', (ctx) => ctx.waitForSignal('go')),
];

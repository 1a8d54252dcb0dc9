import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, firstAttempt, RunDriver } from '../../test/run-driver.js';
import { currentScope, type Suspension, type WorkflowContext } from '../index.js';

const tick = () => new Promise((resolve) => setTimeout(resolve, 0));

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};
/** What the code was found guilty of between its turns. */
const guilt = (run: RunDriver): Suspension | undefined => run.run.execution?.suspension;

describe('code that awaits what is not durable', () => {
  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ['nothing else', async () => tick()],
    ['it before its first command', async (ctx) => ctx.activity('late', await tick())],
    ['it in one of several branches, all of them', (ctx) => Promise.all([tick(), tick().then(() => ctx.now())])],
    ['its own promise that nobody settles', () => new Promise(() => {})],
  ])('is suspended at the end of its turn: %s', async (_, code) => {
    const run = await RunDriver.start(define(code));
    expect(run.last).toMatchObject({ type: 'WorkflowSuspended', data: { suspension: { reason: 'foreign-await' }, unprocessedFrom: 1 } });
  });

  it.each<[string, string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ['a command', 'ctx.activity("late")', (ctx) => tick().then(() => ctx.activity('late'))],
    ['a step', 'ctx.run("late")', (ctx) => tick().then(() => ctx.run('late', () => 1))],
    ['a timer', 'ctx.sleep(1)', (ctx) => tick().then(() => ctx.sleep(1))],
    ['a wait for a signal', 'ctx.waitForSignal("late")', (ctx) => tick().then(() => ctx.waitForSignal('late'))],
    ['a successor', 'ctx.continueAsNew()', (ctx) => tick().then(() => ctx.continueAsNew())],
    ['its end', 'the function ended', () => tick()],
    ['its failure', 'the function ended', () => tick().then(() => Promise.reject(new Error('late')))],
    ['a random number', 'ctx.random()', (ctx) => tick().then(() => ctx.random())],
    ['a UUID', 'ctx.uuid()', (ctx) => tick().then(() => ctx.uuid())],
  ])('is found guilty when %s comes between its turns', async (_, call, code) => {
    const run = await RunDriver.start(define((ctx) => Promise.race([ctx.waitForSignal('never'), code(ctx)])));
    expect(guilt(run)).toBeUndefined();
    await tick();
    await tick();
    expect(guilt(run)).toMatchObject({ reason: 'foreign-await', message: expect.stringContaining(call) });
    expect(run.run.execution?.outcome).toBeUndefined();
  });

  it('is found guilty when a promise of another run wakes it in that run’s turn', async () => {
    const shared = Promise.withResolvers<void>();
    const waits = await RunDriver.start(
      define((ctx) => Promise.race([ctx.waitForSignal('x'), shared.promise.then(() => ctx.activity('act'))])),
    );
    const settles = await RunDriver.start(
      define(async (ctx) => {
        await ctx.waitForSignal('go');
        shared.resolve();
        await ctx.activity('own');
      }),
    );
    await settles.signal('go');
    expect(guilt(waits)?.message).toContain('ctx.activity("act")');
    expect(settles.last).toMatchObject({ type: 'ActivityScheduled', data: { activity: 'own' } });
    await waits.signal('x');
    expect(waits.last).toMatchObject({ type: 'WorkflowSuspended', data: { suspension: { message: expect.stringContaining('"act"') } } });
  });

  it('is found guilty when a step of its own calls the context', async () => {
    const run = await RunDriver.start(define((ctx) => ctx.run('step', () => ctx.random())));
    await run.run.readySteps[0]?.perform(firstAttempt);
    expect(guilt(run)?.message).toMatch(/ctx\.random\(\).*within a step/);
  });

  it('draws other numbers there than the code draws in its turns', async () => {
    const code = define(async (ctx) => {
      const scope = currentScope();
      setTimeout(() => scope?.random(), 0);
      await ctx.waitForSignal('go');
      return [scope?.random(), scope?.uuid(), scope?.randomBytes(3).length];
    });
    const run = await RunDriver.start(code);
    await tick();
    await tick();
    await run.signal('go');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('changes nothing any more once it is suspended', async () => {
    const run = await RunDriver.start(
      define(async (ctx) => {
        const late = tick().then(() => ctx.activity('late'));
        await ctx.waitForSignal('go');
        await tick();
        await Promise.allSettled([late, ctx.activity('later')]);
        return 'end';
      }),
    );
    await run.signal('go');
    await tick();
    await tick();
    const { length } = run.history;
    await run.signal('go');
    run.commit();
    expect(run.types.slice(length)).toEqual(['SignalReceived']);
    expect(run.run.status).toBe('Suspended');
  });
});

describe('code that awaits what settles within its turn', () => {
  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>, unknown]>([
    ['null', async () => [await null, await undefined].length, 2],
    [
      'a long chain',
      async () => {
        let n = 0;
        while (n < 10_000) n = await Promise.resolve(n + 1);
        return n;
      },
      10_000,
    ],
    [
      'an async iterator',
      async () => {
        const all: number[] = [];
        for await (const n of (async function* () {
          yield 1;
          yield 2;
        })())
          all.push(n);
        return all;
      },
      [1, 2],
    ],
    ['a race of settled values', () => Promise.race([Promise.resolve(1), new Promise(() => {}), 2]), 1],
    ['a thenable', async () => await { then: (resolve: (n: number) => void) => resolve(1) }, 1],
    ['all of nothing', () => Promise.all([]), []],
    ['next ticks and microtasks', () => new Promise((resolve) => process.nextTick(() => queueMicrotask(() => resolve(1)))), 1],
    [
      'its own promise that its code settles',
      async () => {
        const { promise, resolve } = Promise.withResolvers<number>();
        queueMicrotask(() => resolve(1));
        return promise;
      },
      1,
    ],
  ])('ends in it: %s', async (_, code, expected) => {
    const run = await RunDriver.start(define(code));
    expect(result(run)).toEqual(expected);
    expect((await replayOf(define(code), run.history)).divergence).toBeUndefined();
  });

  it('may wait for a signal alone, or for what never comes beside one', async () => {
    const code = define((ctx) => Promise.race([new Promise(() => {}), ctx.waitForSignal('go')]));
    const run = await RunDriver.start(code);
    await run.signal('other');
    expect(run.run.status).toBe('Running');
    await run.signal('go', 1);
    expect(result(run)).toBe(1);
  });
});

import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import { InvalidCommandError, WorkflowCanceledError, type WorkflowContext } from '../index.js';
import { wakeCause } from '../ports/run-store.port.js';

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};

/** Takes signals called `item` for as long as the run is open. */
function itemsOf(ctx: WorkflowContext): unknown[] {
  const items: unknown[] = [];
  const take = async () => {
    for (;;) items.push(await ctx.waitForSignal('item'));
  };
  take().catch(() => {});
  return items;
}

describe('a condition', () => {
  it('lets the code go on in the turn that makes it hold, and leaves no event', async () => {
    const code = define(async (ctx) => {
      const items = itemsOf(ctx);
      const isMet = await ctx.condition(() => items.length >= 2);
      return [isMet, await ctx.activity('a', items)];
    });
    const run = await RunDriver.start(code);
    await run.signal('item', 1);
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived']);
    await run.signal('item', 2);
    expect(run.last).toMatchObject({ type: 'ActivityScheduled', payload: '[1,2]' });
    await run.complete(run.last.seq, 'done');
    expect(result(run)).toEqual([true, 'done']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('that holds already needs no event from outside', async () => {
    const code = define(async (ctx) => [await ctx.condition(() => true), await ctx.condition(() => true, '1h')]);
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
    expect(result(run)).toEqual([true, true]);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('goes on alone: of those that hold, the next is looked at when the code before it has done what it can', async () => {
    const code = define(async (ctx) => {
      let isFree = true;
      const order: string[] = [];
      const use = async (name: string) => {
        await ctx.condition(() => isFree);
        if (!isFree) throw new Error('two at once');
        isFree = false;
        order.push(name);
        await ctx.activity(name);
        isFree = true;
      };
      await Promise.all(['a', 'b', 'c'].map(use));
      return order;
    });
    const run = await RunDriver.start(code);
    for (const name of ['a', 'b', 'c']) {
      expect(run.last).toMatchObject({ type: 'ActivityScheduled', data: { activity: name } });
      await run.complete(run.last.seq);
    }
    expect(result(run)).toEqual(['a', 'b', 'c']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('gives false after its time, and is canceled with its timer when it holds before', async () => {
    const code = define(async (ctx) => {
      const items = itemsOf(ctx);
      const first = await ctx.condition(() => items.length > 0, '1m');
      return [first, await ctx.condition(() => items.length > 1, 1_000)];
    });
    const run = await RunDriver.start(code);
    expect(run.last).toMatchObject({ type: 'TimerStarted', data: { durationMs: 60_000 } });
    await run.fire(run.last.seq);
    expect(run.last).toMatchObject({ type: 'TimerStarted', data: { durationMs: 1_000 } });
    await run.signal('item');
    await run.signal('item');
    expect(run.types.slice(4)).toEqual(['SignalReceived', 'SignalReceived', 'TimerCanceled', 'WorkflowCompleted']);
    expect(result(run)).toEqual([false, true]);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('holds a run open by itself, and ends with its cancellation', async () => {
    const code = define(async (ctx) => {
      const error = await ctx.condition(() => false).catch((thrown: unknown) => thrown);
      return error instanceof WorkflowCanceledError && error.reason;
    });
    const run = await RunDriver.start(code);
    expect(run.suspension).toBeUndefined();
    expect(run.advances.at(-1)?.wakeCauses).toBe(wakeCause.condition);
    await run.request({ kind: 'cancel', reason: 'enough' });
    expect(result(run)).toBe('enough');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is brought back by a replay in the middle', async () => {
    const code = define(async (ctx) => {
      const items = itemsOf(ctx);
      await ctx.condition(() => items.length === 3, '1h');
      return items;
    });
    const run = await RunDriver.start(code);
    await run.signal('item', 1);
    await run.reload(code);
    await run.signal('item', 2);
    await run.reload(code);
    await run.signal('item', 3);
    expect(result(run)).toEqual([1, 2, 3]);
  });

  it.each<[string, () => unknown, object]>([
    ['throws', () => JSON.parse('{'), { name: 'SyntaxError' }],
    ['is asynchronous', async () => true, { name: 'InvalidCommandError', message: expect.stringContaining('it returned a promise') }],
    ['gives no answer', () => undefined, { name: 'InvalidCommandError', message: expect.stringContaining('of type undefined') }],
  ])('whose predicate %s fails where it is awaited', async (_, predicate, expected) => {
    let thrown: unknown;
    const code = define((ctx) =>
      ctx.condition(predicate as () => boolean, '1h').catch((error: unknown) => {
        thrown = error;
      }),
    );
    const run = await RunDriver.start(code);
    expect(thrown).toMatchObject(expected);
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });

  it.each<[string, (ctx: WorkflowContext) => unknown]>([
    ['an activity', (ctx) => ctx.activity('a')],
    ['a step', (ctx) => ctx.run('s', () => 1)],
    ['a random number', (ctx) => ctx.random()],
    ['another condition', (ctx) => ctx.condition(() => true)],
    ['a signal', (ctx) => ctx.waitForSignal('s')],
  ])('whose predicate asks for %s suspends its run', async (_, ask) => {
    const code = define((ctx) =>
      ctx.condition(() => {
        ask(ctx);
        return true;
      }),
    );
    const run = await RunDriver.start(code);
    expect(run.suspension).toMatchObject({
      reason: 'non-deterministic',
      message: expect.stringContaining('in the predicate of a condition'),
    });
  });

  it('that is waited for in a circle suspends its run', async () => {
    const run = await RunDriver.start(
      define(async (ctx) => {
        for (;;) await ctx.condition(() => true);
      }),
    );
    expect(run.suspension).toMatchObject({ reason: 'limit', message: expect.stringContaining('in one turn') });
  });

  it('makes sense, or is refused where it is asked for', async () => {
    const code = define(async (ctx) => {
      const refused = [
        () => ctx.condition(true as never),
        () => ctx.condition(() => true, -1),
        () => ctx.condition(() => true, 'soon' as never),
      ];
      return refused.map((call) => {
        try {
          return call();
        } catch (error) {
          return (error as Error).name;
        }
      });
    });
    expect(result(await RunDriver.start(code))).toEqual([InvalidCommandError.name, InvalidCommandError.name, 'DurationError']);
  });
});

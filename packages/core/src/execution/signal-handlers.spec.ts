import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import type { SignalDefinition, WorkflowContext } from '../index.js';

const line: SignalDefinition<number> = { kind: 'signal', name: 'line' };

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};

const refusal = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'not refused';
};

describe('a handler of a signal', () => {
  const collecting = define(async (ctx) => {
    await ctx.sleep(1);
    ctx.onSignal(line, (n) => void lines.push(n));
    const lines: number[] = [];
    await ctx.waitForSignal('done');
    return lines;
  });

  it('gets what came before it and what comes later, in order, and once the code has come to a stop', async () => {
    const run = await RunDriver.start(collecting);
    await run.signal('line', 1);
    await run.signal('line', 2);
    await run.fire(2);
    await run.signal('line', 3);
    await run.signal('done');
    expect(result(run)).toEqual([1, 2, 3]);
    expect((await replayOf(collecting, run.history)).divergence).toBeUndefined();
  });

  it('goes on where it stood when the run is replayed', async () => {
    const code = define(async (ctx) => {
      const charged: number[] = [];
      ctx.onSignal(line, async (n) => void charged.push(await ctx.activity<number>('charge', n)));
      await ctx.waitForSignal('done');
      return charged;
    });
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.signal('line', 2);
    await run.reload(code);
    await run.complete(5, 'second');
    await run.reload(code);
    await run.complete(3, 'first');
    await run.signal('done');
    expect(result(run)).toEqual(['second', 'first']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('may wake what the code waits for without a command', async () => {
    const code = define((ctx) => new Promise((resolve) => ctx.onSignal(line, (n) => resolve(n))));
    const run = await RunDriver.start(code);
    await run.reload(code);
    await run.signal('line', 4);
    expect([run.suspension, result(run)]).toEqual([undefined, 4]);
  });

  it('fails the run when it throws', async () => {
    const code = define(async (ctx) => {
      ctx.onSignal(line, async () => {
        await ctx.activity('a');
        throw new TypeError('no such line');
      });
      await ctx.waitForSignal('never');
    });
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.complete(3);
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'TypeError', message: 'no such line' } } });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it.each(['before', 'after'])('belongs to the run, not to the scope that registers it, for what comes %s that', async (when) => {
    const code = define(async (ctx) => {
      await ctx.waitForSignal('begin');
      const scope = ctx.scope(async () => {
        ctx.onSignal(line, async (n) => void (await ctx.activity('file', n)));
        await ctx.sleep('1h');
      });
      await ctx.waitForSignal('enough');
      scope.cancel();
      await scope.catch(() => {});
      return 'end';
    });
    const run = await RunDriver.start(code);
    for (const name of when === 'before' ? ['line', 'begin'] : ['begin', 'line']) await run.signal(name, 1);
    await run.signal('enough');
    const filed = run.history.find(({ type }) => type === 'ActivityScheduled');
    await run.complete(filed?.seq as number);
    expect(result(run)).toBe('end');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('gives up with the run when that is canceled', async () => {
    const code = define(async (ctx) => {
      ctx.onSignal(line, () => ctx.sleep('1h'));
      await ctx.sleep('1h');
    });
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.request({ kind: 'cancel' });
    expect(run.last.type).toBe('WorkflowCanceled');
  });

  it('is found out when it awaits what is not durable', async () => {
    const code = define(async (ctx) => {
      ctx.onSignal(line, () => new Promise((resolve) => setImmediate(resolve)));
      await ctx.sleep('1h');
    });
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.run.execution?.suspension).toMatchObject({
      reason: 'foreign-await',
      message: expect.stringContaining('ctx.onSignal("line")'),
    });
  });

  it('is refused where another takes the same signal', async () => {
    const refused: string[] = [];
    const code = define(async (ctx) => {
      ctx.onSignal(line, () => {});
      refused.push(refusal(() => ctx.onSignal(line, () => {})));
      refused.push(refusal(() => ctx.waitForSignal(line)));
      void ctx.waitForSignal('other');
      refused.push(refusal(() => ctx.onSignal({ kind: 'signal', name: 'other' }, () => {})));
      refused.push(refusal(() => ctx.onSignal({ kind: 'signal', name: '' }, () => {})));
    });
    await RunDriver.start(code);
    const both = (name: string) =>
      `InvalidCommandError: signal "${name}" is taken both by ctx.onSignal and by ctx.waitForSignal: use one of them for a name`;
    expect(refused).toEqual([
      'InvalidCommandError: signal "line" has a handler already: register one, and let it do what both should',
      both('line'),
      both('other'),
      'InvalidCommandError: the name of a signal must be a text of 1 to 200 characters',
    ]);
  });
});

describe('a run whose function has returned', () => {
  const bye = async (ctx: WorkflowContext, end: () => unknown) => {
    ctx.onSignal(line, async (n) => void (await ctx.activity('file', n)));
    await ctx.waitForSignal('done');
    return end();
  };

  it('closes when its handlers have ended, and takes what comes meanwhile', async () => {
    const code = define((ctx) => bye(ctx, () => 'end'));
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.signal('done');
    await run.signal('line', 2);
    await run.complete(3);
    await run.reload(code);
    expect(run.types.at(-1)).toBe('ActivityCompleted');
    await run.complete(6);
    expect(result(run)).toBe('end');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('lets handlers of signals that came in the same batch end first', async () => {
    const code = define((ctx) => bye(ctx, () => 'end'));
    const run = await RunDriver.start(code);
    await run.give(run.nextRequest({ kind: 'signal', name: 'done' }), run.nextRequest({ kind: 'signal', name: 'line' }));
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'SignalReceived', 'ActivityScheduled']);
    await run.reload(code);
    await run.complete(4);
    expect(result(run)).toBe('end');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('fails when one of them fails', async () => {
    const code = define((ctx) => bye(ctx, () => 'end'));
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.signal('done');
    await run.fail(3);
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'ActivityFailedError' } } });
  });

  it('continues as new when they have ended, and hands over what nobody took', async () => {
    const code = define((ctx) => bye(ctx, () => ctx.continueAsNew('next')));
    const run = await RunDriver.start(code);
    await run.signal('line', 1);
    await run.signal('done');
    await run.signal('unheard', 7);
    expect(run.types.at(-1)).toBe('SignalReceived');
    await run.complete(3);
    expect(run.last.type).toBe('WorkflowContinuedAsNew');
    expect(run.advances.at(-1)?.successor?.started.data.signals).toEqual([{ name: 'unheard', payload: '7' }]);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

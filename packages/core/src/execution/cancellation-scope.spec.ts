import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import {
  type AnyWorkflowDefinition,
  type Scope,
  ScopeCanceledError,
  ScopeTimedOutError,
  WorkflowCanceledError,
  type WorkflowContext,
} from '../index.js';

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};
const replays = async (code: AnyWorkflowDefinition, run: RunDriver) =>
  expect((await replayOf(code, run.history)).divergence).toBeUndefined();
const nameOf = (error: unknown) => (error as Error).name;

describe('a scope', () => {
  it('gives what its body returns or throws, at once or later', async () => {
    const code = define(async (ctx) => [
      await ctx.scope(async () => 1),
      await ctx.scope(() => ctx.activity('a'), { timeout: '1h' }),
      await ctx
        .scope(() => {
          throw new RangeError('at once');
        })
        .catch(nameOf),
    ]);
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'TimerStarted', 'ActivityScheduled']);
    await run.complete(3, 2);
    expect(run.types.slice(4)).toEqual(['TimerCanceled', 'WorkflowCompleted']);
    expect(result(run)).toEqual([1, 2, 'RangeError']);
    await replays(code, run);
  });

  it('is canceled with all that it waits for, in scopes within it too, in the order of asking; nothing else is', async () => {
    const seen: unknown[] = [];
    const code = define(async (ctx) => {
      const note = (name: string) => (error: unknown) => seen.push([name, error]);
      const scope = ctx.scope(async () => {
        ctx.activity('a').catch(note('activity'));
        ctx.scope(() => ctx.sleep('1h')).catch(note('timer within'));
        ctx.run('s', () => 1).catch(note('step'));
        ctx.condition(() => false).catch(note('condition'));
        await ctx.waitForSignal('never');
      });
      scope.catch(note('scope'));
      const outside = ctx.activity('outside');
      await ctx.waitForSignal('go');
      scope.cancel('enough');
      return outside;
    });
    const run = await RunDriver.start(code);
    await run.signal('go');
    expect(run.types.slice(1)).toEqual([
      'ActivityScheduled',
      'TimerStarted',
      'ActivityScheduled',
      'SignalReceived',
      'ActivityCanceled',
      'TimerCanceled',
    ]);
    expect(run.history.slice(-2).map(({ data }) => data)).toEqual([{ activitySeq: 2 }, { timerSeq: 3 }]);
    expect(seen.map((entry) => (entry as [string])[0])).toEqual(['activity', 'step', 'condition', 'timer within', 'scope']);
    for (const [, error] of seen as [string, ScopeCanceledError][]) {
      expect(error).toBeInstanceOf(ScopeCanceledError);
      expect(error.reason).toBe('enough');
    }
    await run.complete(4, 'kept');
    expect(result(run)).toBe('kept');
    await replays(code, run);
  });

  it('is canceled once: what its code asks for afterwards runs', async () => {
    const code = define(async (ctx) => {
      const scope = ctx.scope(async () => {
        try {
          return await ctx.activity('work');
        } catch (error) {
          return [nameOf(error), await ctx.activity('clean-up')];
        }
      });
      await ctx.sleep(1);
      scope.cancel();
      return scope;
    });
    const run = await RunDriver.start(code);
    await run.fire(3);
    expect(run.last).toMatchObject({ type: 'ActivityScheduled', data: { activity: 'clean-up' } });
    await run.complete(run.last.seq, 'cleaned');
    expect(result(run)).toEqual(['ScopeCanceledError', 'cleaned']);
    await replays(code, run);
  });

  it('asks nobody for what is canceled in the turn that asks for it', async () => {
    const code = define(async (ctx) => {
      const scope = ctx.scope(() => Promise.all([ctx.activity('a'), ctx.run('s', () => 1)]), { timeout: '1m' });
      scope.cancel();
      return scope.catch(nameOf);
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
    expect(result(run)).toBe('ScopeCanceledError');
    await replays(code, run);
  });

  it('that nobody awaits may be canceled', async () => {
    const code = define(async (ctx) => {
      ctx.scope(() => ctx.activity('a')).cancel();
      return ctx.activity('b');
    });
    const run = await RunDriver.start(code);
    await run.complete(2, 'b');
    expect(result(run)).toBe('b');
  });

  it('takes its code along through every await and callback', async () => {
    const code = define(async (ctx) => {
      const scope = ctx.scope(async () => {
        await ctx.activity('first');
        await Promise.resolve().then(() => ctx.activity('second'));
      });
      await ctx.waitForSignal('go');
      scope.cancel();
      return scope.catch(nameOf);
    });
    const run = await RunDriver.start(code);
    await run.complete(2);
    await run.reload(code);
    await run.signal('go');
    expect(run.types.slice(3)).toEqual(['ActivityScheduled', 'SignalReceived', 'ActivityCanceled', 'WorkflowCompleted']);
    await replays(code, run);
  });

  it('is found guilty when it is canceled between the turns of its run', async () => {
    let scope: Scope<unknown> | undefined;
    const run = await RunDriver.start(
      define((ctx) => {
        scope = ctx.scope(() => ctx.sleep('1h'));
        return scope;
      }),
    );
    scope?.cancel();
    expect(run.run.execution?.suspension).toMatchObject({
      reason: 'foreign-await',
      message: expect.stringContaining('cancel() of a scope'),
    });
  });
});

describe('a scope with a time-out', () => {
  it('is canceled when its time is over, and throws that', async () => {
    let thrown: unknown;
    const code = define(async (ctx) => {
      const inner = () => ctx.scope(() => ctx.activity('slow'), { timeout: '5m' });
      try {
        await ctx.scope(inner, { timeout: '1m' });
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'TimerStarted', 'TimerStarted', 'ActivityScheduled']);
    await run.fire(2);
    expect(run.types.slice(4)).toEqual(['TimerFired', 'TimerCanceled', 'ActivityCanceled', 'WorkflowFailed']);
    expect(thrown).toBeInstanceOf(ScopeTimedOutError);
    expect(thrown).toMatchObject({ timeoutMs: 60_000 });
    await replays(code, run);
  });

  it('is canceled with its run, its timer too', async () => {
    const code = define((ctx) => ctx.scope(() => ctx.activity('a'), { timeout: '1m' }));
    const run = await RunDriver.start(code);
    await run.request({ kind: 'cancel' });
    expect(run.types.slice(3)).toEqual(['CancelRequested', 'TimerCanceled', 'ActivityCanceled', 'WorkflowCanceled']);
    await replays(code, run);
  });

  it('is waited for no longer than its body: its timer holds no run open', async () => {
    const code = define(async (ctx) => {
      await ctx.scope(() => ctx.sleep(1), { timeout: '1m' });
      await ctx.condition(() => false, '1m');
      await new Promise(() => {});
    });
    const run = await RunDriver.start(code);
    await run.fire(3);
    await run.fire(run.last.seq);
    expect(run.suspension).toMatchObject({ reason: 'foreign-await' });
  });
});

describe('a shield', () => {
  const charging = (after: (ctx: WorkflowContext) => Promise<unknown>) =>
    define(async (ctx) => {
      const charged = await ctx.shield(async () => [
        await ctx.activity('charge'),
        ctx.cancelRequested,
        await ctx.scope(() => ctx.activity('note')),
      ]);
      return [charged, await after(ctx).catch(nameOf)];
    });

  it('keeps what is in it from the cancellation of its run, which comes with what is asked for next', async () => {
    for (const next of [
      (ctx: WorkflowContext) => ctx.sleep(1),
      (ctx: WorkflowContext) => ctx.activity('next'),
      (ctx: WorkflowContext) => ctx.run('next', () => 1),
      (ctx: WorkflowContext) => ctx.waitForSignal('next'),
      (ctx: WorkflowContext) => ctx.condition(() => true, 1),
      (ctx: WorkflowContext) => ctx.scope(() => ctx.sleep(1), { timeout: 1 }),
    ]) {
      const code = charging(next);
      const run = await RunDriver.start(code);
      await run.request({ kind: 'cancel' });
      await run.reload(code);
      await run.complete(2, 'charged');
      await run.complete(5, 'noted');
      expect(run.types.slice(1)).toEqual([
        'ActivityScheduled',
        'CancelRequested',
        'ActivityCompleted',
        'ActivityScheduled',
        'ActivityCompleted',
        'WorkflowCompleted',
      ]);
      expect(result(run)).toEqual([['charged', true, 'noted'], WorkflowCanceledError.name]);
      await replays(code, run);
    }
  });

  it('changes nothing for those around it: a cancellation that reached one of them is delivered', async () => {
    const code = define(async (ctx) => {
      const shielded = ctx.shield(() => ctx.activity('charge'));
      const waited = await ctx.sleep('1h').catch(nameOf);
      return [waited, await shielded, await ctx.activity('next')];
    });
    const run = await RunDriver.start(code);
    await run.request({ kind: 'cancel' });
    await run.complete(2, 'charged');
    await run.complete(run.last.seq, 'done');
    expect(result(run)).toEqual([WorkflowCanceledError.name, 'charged', 'done']);
    await replays(code, run);
  });

  it('stands between scopes: the one around it is canceled without it, the one within it alone', async () => {
    const code = define(async (ctx) => {
      let inner: Scope<unknown> | undefined;
      const outer = ctx.scope(() =>
        Promise.all([
          ctx.sleep('1h').catch(nameOf),
          ctx.shield(async () => {
            inner = ctx.scope(() => ctx.activity('within'));
            return Promise.all([ctx.activity('shielded'), inner.catch(nameOf)]);
          }),
        ]),
      );
      outer.cancel('outer');
      await ctx.waitForSignal('go');
      inner?.cancel('inner');
      return outer;
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityScheduled']);
    await run.signal('go');
    expect(run.last).toMatchObject({ type: 'ActivityCanceled', data: { activitySeq: 2 } });
    await run.complete(3, 'kept');
    expect(result(run)).toEqual(['ScopeCanceledError', ['kept', 'ScopeCanceledError']]);
    await replays(code, run);
  });
});

describe('calls of scopes', () => {
  it('that make no sense are refused where they stand', async () => {
    const code = define(async (ctx) =>
      [() => ctx.scope(1 as never), () => ctx.scope(async () => 1, { timeout: -1 }), () => ctx.shield({} as never)].map((call) => {
        try {
          return call();
        } catch (error) {
          return nameOf(error);
        }
      }),
    );
    expect(result(await RunDriver.start(code))).toEqual(Array(3).fill('InvalidCommandError'));
  });
});

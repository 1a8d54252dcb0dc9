import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, firstAttempt, RunDriver } from '../../test/run-driver.js';
import {
  ActivityFailedError,
  ActivityTimedOutError,
  currentScope,
  InvalidCommandError,
  PayloadError,
  StepFailedError,
  WorkflowCanceledError,
} from '../index.js';

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};

describe('what calls give', () => {
  it('is thrown at once where a call makes no sense, and the run goes on', async () => {
    const refused: unknown[] = [];
    const code = define(async (ctx) => {
      const attempt = (call: () => unknown) => {
        try {
          call();
        } catch (error) {
          refused.push(error);
        }
      };
      attempt(() => ctx.activity(''));
      attempt(() => ctx.activity('x'.repeat(201)));
      attempt(() => ctx.activity('a', 1n));
      attempt(() => ctx.activity('a', undefined, { retry: { attemptsMax: 0 } }));
      attempt(() => ctx.activity('a', undefined, { retry: { backoffCoefficient: 0.5 } }));
      attempt(() => ctx.activity('a', undefined, { startToCloseTimeout: 0 }));
      attempt(() => ctx.activity('a', undefined, { taskQueue: 'no queue' }));
      attempt(() => ctx.sleep(-1));
      attempt(() => ctx.sleep(Number.NaN));
      attempt(() => ctx.sleep('soon' as never));
      attempt(() => ctx.run(7 as never, () => 1));
      attempt(() => ctx.waitForSignal(''));
      attempt(() => ctx.continueAsNew(() => 1));
      return ctx.activity('b');
    });
    const run = await RunDriver.start(code);
    expect(refused.map((error) => (error as Error).name)).toEqual([
      'InvalidCommandError',
      'InvalidCommandError',
      'PayloadError',
      ...Array(4).fill('InvalidCommandError'),
      'InvalidCommandError',
      'InvalidCommandError',
      'DurationError',
      'InvalidCommandError',
      'InvalidCommandError',
      'PayloadError',
    ]);
    expect(refused[0]).toBeInstanceOf(InvalidCommandError);
    expect(refused[2]).toBeInstanceOf(PayloadError);
    expect(run.types).toEqual(['WorkflowStarted', 'ActivityScheduled']);
  });

  it('is an error of its own for each way to fail', async () => {
    const seen: unknown[] = [];
    const code = define(async (ctx) => {
      const failed = await Promise.allSettled([
        ctx.activity('a'),
        ctx.activity('b', 0, { scheduleToCloseTimeout: 1 }),
        ctx.run('s', () => 1),
        ctx.sleep(1),
      ]);
      seen.push(...failed.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.value)));
    });
    const run = await RunDriver.start(code);
    await run.fail(2);
    await run.give({ kind: 'attempt-timed-out', activitySeq: 3, attempt: 1 });
    await run.give({
      kind: 'step-finished',
      step: 1,
      name: 's',
      attempt: 1,
      outcome: { outcome: 'failed', failure: { type: 'E', message: 'm' } },
    });
    await run.fire(4);
    expect(seen[0]).toBeInstanceOf(ActivityFailedError);
    expect(seen[1]).toBeInstanceOf(ActivityTimedOutError);
    expect(seen[2]).toBeInstanceOf(StepFailedError);
    expect(seen[3]).toBeUndefined();
    expect(seen[0]).toMatchObject({ activity: 'a', attempt: 1, failure: { type: 'Error', message: 'no' } });
  });

  it('is decoded from what was recorded', async () => {
    const code = define(async (ctx) => {
      const value = await ctx.run('step', () => ({ a: -0, b: new Date(0), c: undefined }));
      return [Object.is((value as { a: number }).a, 0), value];
    });
    const run = await RunDriver.start(code);
    await run.finishStep(1, 'step', await run.run.readySteps[0]?.perform(firstAttempt));
    expect(result(run)).toEqual([true, { a: 0, b: '1970-01-01T00:00:00.000Z' }]);
  });

  it('stands apart for each call, whatever the code does to what it passed', async () => {
    const nonRetryableErrors = ['A'];
    const code = define(async (ctx) => {
      const act = ctx.activity('a', undefined, { retry: { nonRetryableErrors } });
      nonRetryableErrors.push('B');
      await act;
    });
    const run = await RunDriver.start(code);
    expect(run.last.data).toMatchObject({ retry: { nonRetryableErrors: ['A'] } });
  });

  it('is the same time, chance and ids on replay', async () => {
    const code = define(async (ctx) => {
      const before = [ctx.now(), ctx.random(), ctx.uuid()];
      await ctx.waitForSignal('go');
      return [...before, ctx.now(), ctx.random(), ctx.uuid(), currentScope()?.random(), [...(currentScope()?.randomBytes(2) ?? [])]];
    });
    const run = await RunDriver.start(code);
    await run.signal('go');
    expect(new Set(result(run)).size).toBe(8);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

describe('a cancellation', () => {
  it('before the first turn reaches what the first turn waits for', async () => {
    const code = define((ctx) => ctx.activity('a'));
    const run = await RunDriver.start(code, { startDelayMs: 10 });
    await run.request({ kind: 'cancel', reason: 'why not' });
    await run.give({ kind: 'start-delay-elapsed' });
    expect(run.types.slice(2)).toEqual(['WorkflowStartDelayElapsed', 'ActivityScheduled', 'ActivityCanceled', 'WorkflowCanceled']);
    expect(run.last.data).toEqual({ reason: 'why not' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('interrupts the clean-up when it is asked for twice', async () => {
    const cleaned: unknown[] = [];
    const code = define(async (ctx) => {
      for (let i = 0; i < 3; i++) {
        try {
          await Promise.all([ctx.sleep('1h'), ctx.activity('a'), ctx.waitForSignal('s'), ctx.run('r', () => 1)]);
        } catch (error) {
          cleaned.push(error instanceof WorkflowCanceledError ? [error.reason, ctx.cancelRequested] : error);
        }
      }
      return 'all caught';
    });
    const run = await RunDriver.start(code);
    for (const reason of ['one', 'two', 'three']) await run.request({ kind: 'cancel', reason });
    expect(cleaned).toEqual([
      ['one', true],
      ['two', true],
      ['three', true],
    ]);
    expect(result(run)).toBe('all caught');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('during a step lets its result pass by', async () => {
    const code = define(async (ctx) => {
      await ctx.run('slow', () => 1).catch(() => {});
      return ctx.run('next', () => 2);
    });
    const run = await RunDriver.start(code);
    await run.request({ kind: 'cancel' });
    await run.finishStep(1, 'slow', 1);
    expect(run.types).toEqual(['WorkflowStarted', 'CancelRequested']);
    await run.finishStep(2, 'next', 2);
    expect(result(run)).toBe(2);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('does not blame code for rejections that it never looked at', async () => {
    const code = define(async (ctx) => {
      ctx.sleep('1h');
      ctx.waitForSignal('never');
      await ctx.waitForSignal('go');
      return 'went';
    });
    const run = await RunDriver.start(code);
    await run.request({ kind: 'cancel' });
    expect(run.last.type).toBe('WorkflowCanceled');
  });

  it('that the code makes up itself is a failure', async () => {
    const run = await RunDriver.start(
      define(async () => {
        throw new WorkflowCanceledError('I say so');
      }),
    );
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'WorkflowCanceledError' } } });
  });
});

describe('the end of the code', () => {
  it('drops what it asks for afterwards, and keeps what it asked for before', async () => {
    const code = define(async (ctx) => {
      ctx.activity('before');
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => Promise.resolve())
        .then(() => ctx.activity('after'));
      return 1;
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'ActivityScheduled', 'WorkflowCompleted']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is a failure when its result has no JSON form', async () => {
    const run = await RunDriver.start(define(async () => () => 1));
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'PayloadError', nonRetryable: true } } });
  });

  it('is a failure whatever was thrown', async () => {
    for (const thrown of [
      undefined,
      null,
      0,
      'text',
      Symbol('s'),
      () => 1,
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap');
          },
        },
      ),
    ]) {
      const run = await RunDriver.start(define(() => Promise.reject(thrown)));
      expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'NonError', message: expect.any(String) } } });
    }
  });

  it('takes signals that nobody consumed along to the next run, in the order of each name', async () => {
    const code = define(async (ctx) => {
      await ctx.waitForSignal('go');
      return ctx.continueAsNew('next');
    });
    const run = await RunDriver.start(code);
    await run.signal('a', 1);
    await run.signal('b', 2);
    await run.give(run.nextRequest({ kind: 'signal', name: 'go' }), run.nextRequest({ kind: 'signal', name: 'a', payload: '3' as never }));
    expect(run.last).toMatchObject({ type: 'WorkflowContinuedAsNew', payload: '"next"' });
    expect(run.advances.at(-1)?.successor).toMatchObject({
      started: {
        data: {
          continuedFrom: 'run',
          firstRunId: 'run',
          signals: [
            { name: 'a', payload: '1' },
            { name: 'a', payload: '3' },
            { name: 'b', payload: '2' },
          ],
        },
        payload: '"next"',
      },
    });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

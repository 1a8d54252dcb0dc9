import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import type { AnyWorkflowDefinition, HistoryEvent, WorkflowContext } from '../index.js';

/** The history of `code` after `play`. */
async function historyOf(code: AnyWorkflowDefinition, play: (run: RunDriver) => Promise<void> = async () => {}) {
  const run = await RunDriver.start(code);
  await play(run);
  return run.history;
}

const divergence = async (code: AnyWorkflowDefinition, history: readonly HistoryEvent[]) => (await replayOf(code, history)).divergence;

/** Two activities and their results. */
const recorded = define(async (ctx) => {
  await ctx.activity('one', 1);
  await ctx.sleep(5);
  await ctx.activity('two', 2);
  return 'end';
});
const recordedHistory = () =>
  historyOf(recorded, async (run) => {
    await run.complete(2);
    await run.fire(4);
    await run.complete(6);
  });

describe('replay', () => {
  it('finds nothing where code and history agree', async () => {
    expect(await replayOf(recorded, await recordedHistory())).toEqual({ divergence: undefined, unrecorded: [] });
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>, object]>([
    [
      'another name',
      (ctx) => ctx.activity('uno', 1),
      { expected: 'ActivityScheduled "one" with input 1', actual: 'ActivityScheduled "uno" with input 1' },
    ],
    [
      'another input',
      (ctx) => ctx.activity('one', 7),
      { expected: 'ActivityScheduled "one" with input 1', actual: 'ActivityScheduled "one" with input 7' },
    ],
    ['another type', (ctx) => ctx.sleep(1), { expected: 'ActivityScheduled "one" with input 1', actual: 'TimerStarted for 1 ms' }],
    [
      'one command more in the first turn',
      (ctx) => Promise.all([ctx.activity('one', 1), ctx.sleep(1)]),
      { expected: 'nothing further in this turn', actual: 'TimerStarted for 1 ms' },
    ],
    [
      'one command more in a later turn',
      async (ctx) => {
        await ctx.activity('one', 1);
        await Promise.all([ctx.sleep(5), ctx.activity('three')]);
      },
      { expected: 'nothing further in this turn', actual: 'ActivityScheduled "three" with input (none)' },
    ],
    ['no command', (ctx) => ctx.waitForSignal('go'), { expected: 'ActivityScheduled "one" with input 1', actual: 'nothing' }],
    [
      'an earlier end',
      async (ctx) => {
        await ctx.activity('one', 1);
        return 'end';
      },
      { expected: 'TimerStarted for 5 ms', actual: 'nothing' },
    ],
    [
      'another order',
      async (ctx) => {
        await ctx.activity('one', 1);
        await ctx.activity('two', 2);
        await ctx.sleep(5);
      },
      { expected: 'TimerStarted for 5 ms', actual: 'ActivityScheduled "two" with input 2' },
    ],
    [
      'another result',
      async (ctx) => {
        await ctx.activity('one', 1);
        await ctx.sleep(5);
        await ctx.activity('two', 2);
        return 'fin';
      },
      { expected: 'WorkflowCompleted with result "end"', actual: 'WorkflowCompleted with result "fin"' },
    ],
    [
      'another kind of end',
      async (ctx) => {
        await ctx.activity('one', 1);
        await ctx.sleep(5);
        await ctx.activity('two', 2);
        throw new Error('fin');
      },
      { expected: 'WorkflowCompleted with result "end"', actual: 'WorkflowFailed with Error: fin' },
    ],
    [
      'no end',
      async (ctx) => {
        await ctx.activity('one', 1);
        await ctx.sleep(5);
        await ctx.activity('two', 2);
        await ctx.waitForSignal('go');
      },
      { expected: 'WorkflowCompleted with result "end"', actual: 'the code has not ended' },
    ],
  ])('finds %s', async (_, code, found) => {
    expect(await divergence(define(code), await recordedHistory())).toMatchObject({ reason: 'non-deterministic', ...found });
  });

  it('finds an end that the history of an open run does not have', async () => {
    const code = define(async (ctx) => {
      await ctx.activity('one');
      await ctx.waitForSignal('go');
    });
    const history = await historyOf(code, (run) => run.complete(2));
    const hasty = define((ctx) => ctx.activity('one'));
    expect(await divergence(hasty, history)).toMatchObject({
      reason: 'non-deterministic',
      expected: 'the code goes on',
      actual: 'WorkflowCompleted with result (none)',
    });
  });

  it('finds an end before an input that the recorded code got', async () => {
    const code = define(async (ctx) => {
      await Promise.all([ctx.activity('one'), ctx.activity('two')]);
      await ctx.waitForSignal('go');
    });
    const history = await historyOf(code, async (run) => {
      await run.complete(2);
      await run.complete(3);
    });
    const hasty = define((ctx) => Promise.race([ctx.activity('one'), ctx.activity('two')]));
    expect(await divergence(hasty, history)).toMatchObject({
      expected: 'the code goes on, and gets ActivityCompleted',
      actual: 'the code has ended (completed)',
    });
  });

  it('finds another step, and another input of a step', async () => {
    const code = (name: string, input: number) =>
      define(async (ctx) => {
        await ctx.run(name, () => 1, { input });
        await ctx.waitForSignal('go');
      });
    const run = await RunDriver.start(code('a', 1));
    const [step] = run.run.readySteps;
    await run.give({
      kind: 'step-finished',
      step: 1,
      name: 'a',
      attempt: 1,
      inputDigest: step?.inputDigest as string,
      outcome: { outcome: 'completed' },
    });
    expect(await divergence(code('a', 1), run.history)).toBeUndefined();
    for (const other of [code('b', 1), code('a', 2), define((ctx) => ctx.waitForSignal('go'))]) {
      expect(await divergence(other, run.history)).toMatchObject({
        reason: 'non-deterministic',
        expected: expect.stringContaining('step "a"'),
      });
    }
  });

  it('gives the commands of a first turn that nobody recorded (P3)', async () => {
    const [started] = await recordedHistory();
    const { unrecorded, divergence } = await replayOf(recorded, [started as HistoryEvent]);
    expect(divergence).toBeUndefined();
    expect(unrecorded).toMatchObject([{ kind: 'ScheduleActivity', activity: 'one' }]);
  });

  it('lets code that had nothing recorded end in its first turn', async () => {
    const [started] = await recordedHistory();
    expect(
      await divergence(
        define(async () => 1),
        [started as HistoryEvent],
      ),
    ).toBeUndefined();
  });

  it('takes options that changed between builds', async () => {
    const code = (startToCloseTimeout: number) => define((ctx) => ctx.activity('one', undefined, { startToCloseTimeout }));
    expect(await divergence(code(2), await historyOf(code(1)))).toBeUndefined();
  });

  it('takes inputs that came after the code had ended', async () => {
    const code = define((ctx) => ctx.activity('one'));
    const run = await RunDriver.start(code);
    await run.give(
      { kind: 'attempt-finished', activitySeq: 2, attempt: 1, outcome: { outcome: 'completed' } },
      run.nextRequest({ kind: 'signal', name: 'late' }),
      run.nextRequest({ kind: 'cancel' }),
    );
    expect(run.types).toEqual([
      'WorkflowStarted',
      'ActivityScheduled',
      'ActivityCompleted',
      'SignalReceived',
      'CancelRequested',
      'WorkflowCompleted',
    ]);
    expect(await divergence(code, run.history)).toBeUndefined();
  });

  it('does not ask the code of a run that was terminated for what came after its end', async () => {
    const code = define(async (ctx) => ctx.activity('after', await ctx.waitForSignal('go')));
    const run = await RunDriver.start(code);
    await run.give(run.nextRequest({ kind: 'terminate' }), run.nextRequest({ kind: 'signal', name: 'go' }));
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowTerminated']);
    expect(await divergence(code, run.history)).toBeUndefined();
  });
});

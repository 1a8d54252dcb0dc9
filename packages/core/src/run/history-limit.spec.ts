import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import { RunState } from '../index.js';
import { historyCharsMax, historyEventsMax, limitExceeded, limitReached } from './history-limit.js';
import type { RunInput } from './run-input.js';

/** Consumes signals, and goes on for ever unless it is told when to continue as new. */
const consumer = (continuesAfter = Number.POSITIVE_INFINITY) =>
  define(async (ctx) => {
    for (let n = 1; ; n++) {
      await ctx.waitForSignal('s');
      if (n > continuesAfter) return ctx.continueAsNew();
    }
  });

/** A run with `count` signals in its history. */
async function runWith(count: number, code = consumer()) {
  const run = await RunDriver.start(code);
  await signal(run, count);
  return run;
}

const signal = (run: RunDriver, count: number) =>
  run.give(...Array.from({ length: count }, (): RunInput => run.nextRequest({ kind: 'signal', name: 's' })));

describe('a history that grows', () => {
  it('suspends its run when it has 50,000 events, and says what to do', async () => {
    const run = await runWith(historyEventsMax - 2);
    expect([run.history.length, run.run.status]).toEqual([historyEventsMax - 1, 'Running']);
    await signal(run, 2);
    expect(run.types.slice(-3)).toEqual(['SignalReceived', 'WorkflowSuspended', 'SignalReceived']);
    expect(run.suspension).toMatchObject({ reason: 'limit', message: expect.stringContaining('continue as new') });
    expect((await replayOf(consumer(), run.history)).divergence).toBeUndefined();
  });

  it('goes on in another run when its code is mended', async () => {
    const run = await runWith(historyEventsMax + 4);
    const mended = consumer(historyEventsMax);
    await run.reload(mended);
    await run.request({ kind: 'resume' });
    expect(run.last.type).toBe('WorkflowContinuedAsNew');
    expect(run.advances.at(-1)?.successor?.started.data.signals).toHaveLength(3);
    expect((await replayOf(mended, run.history)).divergence).toBeUndefined();
  });

  it('gives a resumed run 1,000 events more', async () => {
    const run = await runWith(historyEventsMax);
    await run.reload(consumer());
    await run.request({ kind: 'resume' });
    const resumedAt = run.history.length;
    await signal(run, 1_001);
    expect(run.run.status).toBe('Suspended');
    expect(run.types.indexOf('WorkflowSuspended', resumedAt)).toBe(resumedAt + 1_000);
  });

  it('goes on in the same run when its orchestrator allows more', async () => {
    const run = await runWith(historyEventsMax);
    await run.reload(consumer(), 'always', undefined, historyEventsMax + 5_000);
    await run.request({ kind: 'resume' });
    await signal(run, 3_000);
    expect(run.run.status).toBe('Running');
    await signal(run, 2_000);
    expect(run.suspension).toMatchObject({
      reason: 'limit',
      message: expect.stringContaining(`${historyEventsMax + 5_000} events is the most`),
    });
  });

  it('can be given up where it was suspended', async () => {
    const run = await runWith(historyEventsMax);
    await run.request({ kind: 'terminate', reason: 'enough' });
    expect(run.last).toMatchObject({ type: 'WorkflowTerminated', data: { reason: 'enough' } });
  });

  it('terminates its run at 60,000 events, with every request recorded', async () => {
    const run = await runWith(60_500);
    expect(run.last).toMatchObject({ type: 'WorkflowTerminated', data: { reason: expect.stringContaining('60000 events') } });
    expect(run.run.state).toMatchObject({ status: 'Terminated', taken: 60_500 });
  });

  it('suspends its run before a turn that asks for more than it may hold', async () => {
    const run = await RunDriver.start(
      define(async (ctx) => {
        await ctx.waitForSignal('s');
        await Promise.all(Array.from({ length: 60_000 }, () => ctx.sleep(1)));
      }),
    );
    await signal(run, 1);
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowSuspended']);
    expect(run.last.data).toMatchObject({ suspension: { reason: 'limit' }, unprocessedFrom: 1 });
  });

  it('is bounded by what it holds, too', () => {
    const state = RunState.of([]);
    state.payloadChars = historyCharsMax - 1;
    expect(limitReached(state, historyEventsMax)).toBeUndefined();
    state.payloadChars++;
    expect(limitReached(state, historyEventsMax)?.message).toContain(`${historyCharsMax} characters of payloads`);
    state.resumedAt = { seq: 0, payloadChars: historyCharsMax, outOfLineBytes: 0 };
    expect(limitReached(state, historyEventsMax)).toBeUndefined();
    expect(limitExceeded(state, historyEventsMax)).toBeUndefined();
    state.payloadChars = 2 * historyCharsMax;
    expect(limitExceeded(state, historyEventsMax)?.reason).toBe('limit');
  });

  it('includes the attempts of an activity that never succeeds', async () => {
    const run = await RunDriver.start(
      define((ctx) => ctx.activity('act', 0, { retry: { attemptsMax: Number.POSITIVE_INFINITY, initialInterval: 1 } })),
    );
    const failure = { type: 'Error', message: 'no' };
    const attempts = Array.from({ length: historyEventsMax / 2 }, (_, i): RunInput[] => [
      { kind: 'attempt-finished', activitySeq: 2, attempt: i + 1, outcome: { outcome: 'failed', failure } },
      { kind: 'retry-due', activitySeq: 2, attempt: i + 2 },
    ]).flat();
    await run.give(...attempts);
    expect(run.types[historyEventsMax]).toBe('WorkflowSuspended');
  });
});

import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';

/** What no history can bring back. */
const nextTick = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Waits for an activity, then for something that no history can bring back. */
const guilty = define(async (ctx) => {
  const first = await ctx.activity('one');
  await nextTick();
  return ctx.activity('two', first);
});
const mended = define(async (ctx) => ctx.activity('two', await ctx.activity('one')));

describe('a suspended run', () => {
  it('names what it awaited, and keeps the input of that turn for later', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2, 'a');
    expect(run.last).toMatchObject({ type: 'WorkflowSuspended', data: { suspension: { reason: 'foreign-await' }, unprocessedFrom: 3 } });
    expect(run.run.status).toBe('Suspended');
    expect(run.run.execution).toBeUndefined();
  });

  it('goes on with mended code where it was stopped', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2, 'a');
    await run.reload(mended);
    await run.request({ kind: 'resume' });
    expect(run.types.slice(4)).toEqual(['WorkflowResumed', 'ActivityScheduled']);
    expect(run.last.payload).toBe('"a"');
    await run.complete(6);
    expect(run.last.type).toBe('WorkflowCompleted');
    expect((await replayOf(mended, run.history)).divergence).toBeUndefined();
  });

  it('is suspended once more when its code has not changed', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2, 'a');
    for (let i = 0; i < 3; i++) {
      await run.reload(guilty);
      await run.request({ kind: 'resume' });
      expect(run.types.slice(-2)).toEqual(['WorkflowResumed', 'WorkflowSuspended']);
      expect(run.last.data).toMatchObject({ unprocessedFrom: 3 });
    }
    await run.reload(mended);
    await run.request({ kind: 'resume' });
    await run.complete(run.last.seq);
    expect((await replayOf(mended, run.history)).divergence).toBeUndefined();
  });

  it('records what comes without running its code, and feeds it in order afterwards', async () => {
    const collects = (isMended: boolean) =>
      define(async (ctx) => {
        const seen: unknown[] = [ctx.activity('early')];
        seen.push(await ctx.waitForSignal('a'));
        if (!isMended) await nextTick();
        seen.push(await ctx.waitForSignal('b'), await seen.shift(), await ctx.waitForSignal('a'));
        return seen;
      });
    const run = await RunDriver.start(collects(false));
    await run.signal('a', 1);
    await nextTick();
    await run.give({ kind: 'suspend', suspension: { reason: 'foreign-await', message: 'found between its turns' } });
    await run.complete(2, 'early');
    await run.signal('a', 2);
    await run.signal('b', 3);
    expect(run.types.slice(3)).toEqual(['WorkflowSuspended', 'ActivityCompleted', 'SignalReceived', 'SignalReceived']);
    await run.reload(collects(true));
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,3,"early",2]' });
    expect((await replayOf(collects(true), run.history)).divergence).toBeUndefined();
  });

  it('feeds inputs anew that the code had got between two suspensions and not answered', async () => {
    let isMended = false;
    const code = define(async (ctx) => {
      const seen: unknown[] = [];
      for (const name of ['a', 'b', 'c']) {
        seen.push(await ctx.waitForSignal(name));
        if (!isMended) await nextTick();
        await ctx.activity('saw', seen);
      }
    });
    const run = await RunDriver.start(code);
    await run.signal('a', 1);
    await run.signal('b', 2);
    isMended = true;
    await run.reload(code);
    await run.request({ kind: 'resume' }); // a is fed and answered, b is fed and waits
    await run.signal('c', 3);
    isMended = false;
    await run.complete(run.history.find(({ type }) => type === 'ActivityScheduled')?.seq as number);
    expect(run.run.status).toBe('Suspended');
    isMended = true;
    await run.reload(code);
    await run.request({ kind: 'resume' });
    await run.complete(run.last.seq);
    await run.complete(run.last.seq);
    expect(run.last.type).toBe('WorkflowCompleted');
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('may end with the first of the inputs that are fed then', async () => {
    let isMended = false;
    const code = define(async (ctx) => {
      await Promise.race([ctx.activity('slow'), ctx.waitForSignal('go')]);
      if (!isMended) await nextTick();
      return 'end';
    });
    const run = await RunDriver.start(code);
    await run.signal('go');
    await nextTick();
    await run.give({ kind: 'suspend', suspension: { reason: 'foreign-await', message: 'found between its turns' } });
    await run.complete(2);
    isMended = true;
    await run.reload(code);
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '"end"' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('whose replay fails is suspended again by a resume, and loses nothing', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2, 'a');
    await run.reload(define((ctx) => ctx.activity('other')));
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({
      type: 'WorkflowSuspended',
      data: { suspension: { reason: 'non-deterministic' }, unprocessedFrom: 3 },
    });
    await run.reload(mended);
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({ type: 'ActivityScheduled', payload: '"a"' });
    expect((await replayOf(mended, run.history)).divergence).toBeUndefined();
  });

  it('takes no resume while its code is away', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2, 'a');
    await run.request({ kind: 'resume' });
    expect(run.last.type).toBe('WorkflowSuspended');
    expect(run.run.state.taken).toBe(0);
  });

  it('begins no step, and is not closed by its code', async () => {
    const code = define(async (ctx) => {
      await ctx.waitForSignal('go');
      await ctx.run('step', () => 1);
    });
    const run = await RunDriver.start(code);
    await run.signal('go');
    await run.give({ kind: 'suspend', suspension: { reason: 'unresponsive', message: 'for a test' } });
    await run.reload(code);
    expect(run.run.readySteps).toEqual([]);
    await run.request({ kind: 'resume' });
    expect(run.run.readySteps).toMatchObject([{ name: 'step' }]);
  });

  it('can be terminated', async () => {
    const run = await RunDriver.start(guilty);
    await run.complete(2);
    await run.signal('x');
    await run.request({ kind: 'terminate', reason: 'enough' });
    expect(run.last).toMatchObject({ type: 'WorkflowTerminated', data: { n: 2, reason: 'enough' } });
    expect(run.run.state.taken).toBe(2);
  });

  it('is taken up by another build than the one that suspended it, and by no other', async () => {
    const run = await RunDriver.start(guilty, { build: 'old' });
    await run.complete(2, 'a');
    expect(run.suspension?.build).toBe('old');
    await run.reload(mended, 'other-build', 'old');
    expect(run.run.execution).toBeUndefined();
    await run.reload(mended, 'always', 'old'); // as for a request that has to be read
    expect([run.run.execution !== undefined, run.run.mayBeTakenUp]).toEqual([true, false]);
    await run.reload(mended, 'other-build', 'new');
    expect(run.run.mayBeTakenUp).toBe(true);
    await run.give({ kind: 'take-up' });
    expect(run.types.slice(-2)).toEqual(['WorkflowResumed', 'ActivityScheduled']);
  });

  it('that no build knew is taken up by one that does', async () => {
    const run = await RunDriver.start(undefined, { build: 'old' });
    expect(run.last).toMatchObject({
      type: 'WorkflowSuspended',
      data: { unprocessedFrom: 1, suspension: { reason: 'unknown-workflow', build: 'old' } },
    });
    await run.reload(mended, 'other-build', 'old');
    await run.give({ kind: 'take-up' });
    expect(run.run.status).toBe('Suspended');
    await run.reload(mended, 'other-build', 'new');
    await run.give({ kind: 'take-up' });
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowSuspended', 'WorkflowResumed', 'ActivityScheduled']);
    expect((await replayOf(mended, run.history)).divergence).toBeUndefined();
  });

  it('found guilty between its turns can be mended from the first input on that it had not answered', async () => {
    const code = (isMended: boolean) =>
      define(async (ctx) => {
        const never = ctx.waitForSignal('never');
        await ctx.waitForSignal('go');
        if (!isMended) await nextTick();
        return Promise.race([never, ctx.activity('act')]);
      });
    const run = await RunDriver.start(code(false));
    await run.signal('go');
    await nextTick();
    await nextTick();
    expect(run.run.execution?.suspension).toMatchObject({
      reason: 'foreign-await',
      message: expect.stringContaining('ctx.activity("act")'),
    });
    await run.give({ kind: 'suspend', suspension: { reason: 'foreign-await', message: 'found between its turns' } });
    expect(run.last.data).toMatchObject({ unprocessedFrom: 1 });
    await run.reload(code(true));
    await run.request({ kind: 'resume' });
    expect(run.last.type).toBe('ActivityScheduled');
    await run.complete(run.last.seq, 'done');
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '"done"' });
    expect((await replayOf(code(true), run.history)).divergence).toBeUndefined();
  });
});

describe('a delayed start', () => {
  const code = define(async (ctx) => [await ctx.waitForSignal('a'), await ctx.waitForSignal('a')]);

  it('feeds what came before it, the start first', async () => {
    const run = await RunDriver.start(code, { startDelayMs: 100 });
    await run.signal('a', 1);
    await run.signal('a', 2);
    expect(run.run.execution?.hasStarted).toBe(false);
    await run.give({ kind: 'start-delay-elapsed' });
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,2]' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is not brought forward by a resume', async () => {
    const run = await RunDriver.start(code, { startDelayMs: 100 });
    await run.request({ kind: 'resume' });
    expect(run.run.execution?.hasStarted).toBe(false);
    await run.signal('a', 1);
    await run.give({ kind: 'start-delay-elapsed' });
    await run.signal('a', 2);
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,2]' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('waits for the end of a suspension', async () => {
    const run = await RunDriver.start(undefined, { startDelayMs: 100 });
    await run.signal('a', 1);
    await run.give({ kind: 'start-delay-elapsed' });
    await run.signal('a', 2);
    expect(run.run.status).toBe('Suspended');
    await run.reload(code);
    expect(run.run.execution?.hasStarted).toBe(false);
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,2]' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('waits for its time after a suspension', async () => {
    const run = await RunDriver.start(undefined, { startDelayMs: 100 });
    await run.reload(code);
    await run.request({ kind: 'resume' });
    await run.signal('a', 1);
    expect(run.run.execution?.hasStarted).toBe(false);
    await run.give({ kind: 'start-delay-elapsed' });
    await run.signal('a', 2);
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '[1,2]' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { replayOf } from '../../../test/replay-of.js';
import { define, RunDriver } from '../../../test/run-driver.js';
import type { ActivityDefinition, AnyWorkflowDefinition, SignalDefinition, WorkflowContext, WorkflowContract } from '../../index.js';
import { firstItemMin } from '../../run/item-event.js';

const charge: ActivityDefinition<{ readonly amount: number }, { readonly receipt: string }> = {
  kind: 'activity',
  name: 'charge',
  input: z.object({ amount: z.number() }),
  result: z.object({ receipt: z.string() }),
};
const approve: SignalDefinition<{ readonly by: string }> = { kind: 'signal', name: 'approve', payload: z.object({ by: z.string() }) };

const withContract = (contract: WorkflowContract, run: AnyWorkflowDefinition['run']): AnyWorkflowDefinition => ({
  ...define(run),
  ...contract,
});

/** What is thrown, as code may look at it. */
const caught = (thrown: unknown) => {
  const { code, message, failure } = thrown as { code: string; message: string; failure?: { type: string; nonRetryable?: boolean } };
  return failure ? { code, type: failure.type, nonRetryable: failure.nonRetryable, message } : { code, message };
};

const charging = define((ctx: WorkflowContext) => ctx.activity(charge, { amount: 3 }).catch(caught));

const badReceipt = {
  code: 'MARATHON_ACTIVITY_FAILED',
  type: 'PayloadInvalidError',
  nonRetryable: true,
  message: expect.stringContaining('the result of activity "charge" does not fit its schema at /receipt: '),
};
const resultOf = (run: RunDriver) => (run.last.payload === undefined ? undefined : JSON.parse(run.last.payload));

describe('the schemas of an activity', () => {
  it('let pass what fits', async () => {
    const run = await RunDriver.start(charging);
    await run.complete(2, { receipt: 'r1', at: 7 });
    expect(resultOf(run)).toEqual({ receipt: 'r1', at: 7 });
  });

  it('make a result that does not fit a failure for good, whoever brings it', async () => {
    for (const bring of [
      (run: RunDriver) => run.complete(2, { receipt: 7 }),
      (run: RunDriver) => run.request({ kind: 'complete-activity', activitySeq: 2, attempt: 1, payload: '{"receipt":7}' as never }),
    ]) {
      const run = await RunDriver.start(charging);
      await bring(run);
      expect(run.types).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityFailed', 'WorkflowCompleted']);
      expect(run.history[2]).toMatchObject({ data: { failure: { details: expect.stringContaining('"path":"/receipt"') } } });
      expect(resultOf(run)).toEqual(badReceipt);
      expect((await replayOf(charging, run.history)).divergence).toBeUndefined();
    }
  });

  it('change nothing about what has been when they become other ones', async () => {
    const lax = (result: ActivityDefinition['result']) =>
      define(async (ctx: WorkflowContext) => {
        await ctx.activity({ kind: 'activity', name: 'charge', ...(result && { result }) }).catch(() => ctx.sleep(1));
        await ctx.sleep(5);
      });
    const run = await RunDriver.start(lax(z.string()));
    await run.complete(2, 7);
    await run.reload(lax(undefined));
    expect(run.suspension).toBeUndefined();
    const other = await RunDriver.start(lax(undefined));
    await other.complete(2, 7);
    await other.reload(lax(z.string()));
    expect(other.suspension).toBeUndefined();
  });

  it('look at a result that came while the code was not there when the code gets it', async () => {
    const run = await RunDriver.start(charging);
    await run.reload(undefined);
    await run.complete(2, { receipt: 7 });
    expect(run.last).toMatchObject({ type: 'ActivityCompleted', data: { isUnchecked: true } });
    await run.reload(charging);
    await run.request({ kind: 'resume' });
    expect(resultOf(run)).toEqual(badReceipt);
    expect((await replayOf(charging, run.history)).divergence).toBeUndefined();
  });

  it('refuse a call where it is made', async () => {
    const code = define((ctx: WorkflowContext) => ctx.activity(charge, { amount: '3' } as never));
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowFailed']);
    expect(run.last.data).toMatchObject({
      failure: {
        type: 'PayloadInvalidError',
        message: expect.stringContaining('the input of activity "charge" does not fit its schema at /amount'),
      },
    });
  });

  it('are held against what is recorded, not against what was passed', async () => {
    const dated: ActivityDefinition<unknown> = { kind: 'activity', name: 'dated', input: z.object({ at: z.iso.datetime() }) };
    const code = define((ctx: WorkflowContext) => ctx.activity(dated, { at: new Date(0) }));
    expect((await RunDriver.start(code)).last).toMatchObject({ type: 'ActivityScheduled', payload: '{"at":"1970-01-01T00:00:00.000Z"}' });
  });

  it('that answer later refuse everything, and say so', async () => {
    const later: ActivityDefinition<string> = { kind: 'activity', name: 'later', input: z.string().refine(async () => true) };
    const run = await RunDriver.start(define((ctx: WorkflowContext) => ctx.activity(later, 'x')));
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { message: expect.stringContaining('answers later') } } });
  });
});

describe('the schemas of a mapped activity', () => {
  const item = (index: number) => firstItemMin + index;
  const caughtOfItem = (thrown: unknown) => ({ ...caught(thrown), index: (thrown as { index?: number }).index });
  const mapping = define((ctx: WorkflowContext) => ctx.map([{ amount: 1 }, { amount: 2 }], charge).catch(caughtOfItem));
  const settling = define((ctx: WorkflowContext) => ctx.map([{ amount: 1 }, { amount: 2 }], charge, { settle: true }));
  const badItem = { ...badReceipt, code: 'MARATHON_MAP_ITEM_FAILED', index: 1 };
  const badOutcome = { ok: false, failure: { type: 'PayloadInvalidError', nonRetryable: true } };

  it('refuse an item before anything is recorded, naming it and the path', async () => {
    const run = await RunDriver.start(define((ctx: WorkflowContext) => ctx.map([{ amount: 1 }, { amount: '2' } as never], charge)));
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowFailed']);
    expect(run.last.data).toMatchObject({
      failure: {
        type: 'PayloadInvalidError',
        message: expect.stringContaining('item 1 of the map of activity "charge" does not fit its schema at /amount'),
      },
    });
  });

  it('let pass what fits', async () => {
    const run = await RunDriver.start(mapping);
    await run.complete(item(1), { receipt: 'r2' });
    await run.complete(item(0), { receipt: 'r1' });
    expect(resultOf(run)).toEqual([{ receipt: 'r1' }, { receipt: 'r2' }]);
  });

  it('make a result that does not fit a failure of its item for good, whoever brings it', async () => {
    for (const bring of [
      (run: RunDriver) => run.complete(item(1), { receipt: 7 }),
      (run: RunDriver) => run.request({ kind: 'complete-activity', activitySeq: item(1), attempt: 1, payload: '{"receipt":7}' as never }),
    ]) {
      const run = await RunDriver.start(mapping);
      await bring(run);
      expect(run.types).toEqual(['WorkflowStarted', 'MapScheduled', 'MapFailed', 'WorkflowCompleted']);
      expect(resultOf(run)).toEqual(badItem);
      expect((await replayOf(mapping, run.history)).divergence).toBeUndefined();
    }
    const run = await RunDriver.start(settling);
    await run.complete(item(1), { receipt: 7 });
    await run.complete(item(0), { receipt: 'r1' });
    expect(resultOf(run)).toMatchObject([{ ok: true, value: { receipt: 'r1' } }, badOutcome]);
  });

  it('look at results that came while the code was not there when the code gets them', async () => {
    for (const [code, expected] of [
      [mapping, badItem],
      [settling, [{ ok: true, value: { receipt: 'r1' } }, badOutcome]],
    ] as const) {
      const run = await RunDriver.start(code);
      await run.complete(item(0), { receipt: 'r1' });
      await run.reload(undefined);
      await run.complete(item(1), { receipt: 7 });
      expect(run.last).toMatchObject({ type: 'MapCompleted', data: { isUnchecked: true } });
      await run.reload(code);
      await run.request({ kind: 'resume' });
      expect(resultOf(run)).toMatchObject(expected);
      expect((await replayOf(code, run.history)).divergence).toBeUndefined();
    }
  });
});

describe('the schema of an input', () => {
  const amount = (schema: WorkflowContract['input']) =>
    withContract({ ...(schema && { input: schema }) }, (ctx: WorkflowContext) => ctx.waitForSignal('go'));

  it('keeps the code from beginning, and fails the run', async () => {
    const code = amount(z.object({ lines: z.array(z.int()) }));
    const run = await RunDriver.start(code, { input: { lines: [1, 'x'] } });
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowFailed']);
    expect(run.last.data).toMatchObject({
      failure: {
        type: 'WorkflowInputInvalidError',
        message: expect.stringContaining('the input of workflow "work" does not fit its schema at /lines/1: '),
      },
    });
  });

  it('does not end what has begun under another', async () => {
    const run = await RunDriver.start(amount(undefined), { input: 7 });
    await run.reload(amount(z.string()));
    await run.signal('go', 1);
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowCompleted']);
  });

  it('holds for a run that no build could begin before', async () => {
    const run = await RunDriver.start(undefined, { input: 7 });
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowSuspended']);
    await run.reload(amount(z.string()));
    await run.request({ kind: 'resume' });
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'WorkflowInputInvalidError' } } });
  });

  it('holds for the run that continues it', async () => {
    const code = withContract({ input: z.string() }, (ctx: WorkflowContext) => ctx.continueAsNew(7).catch(caught));
    await expect(RunDriver.start(code, { input: 'x' }).then(({ last }) => last)).resolves.toMatchObject({
      type: 'WorkflowFailed',
      data: { failure: { type: 'PayloadInvalidError', message: expect.stringContaining('the input of the next run') } },
    });
  });
});

describe('what is sent to a run', () => {
  it('is recorded and passed over when it is a signal that does not fit', async () => {
    const code = withContract({ signals: [approve] }, async (ctx: WorkflowContext) => (await ctx.waitForSignal(approve)).by);
    const run = await RunDriver.start(code);
    await run.signal('approve', { by: 7 });
    expect(run.last).toMatchObject({ type: 'SignalReceived', payload: '{"by":7}', data: { failure: { type: 'PayloadInvalidError' } } });
    await run.signal('approve', { by: 'ada' });
    expect(resultOf(run)).toBe('ada');
    expect((await replayOf(define(code.run), run.history)).divergence).toBeUndefined();
  });

  it('is refused when it is an update that does not fit, its handler there or not', async () => {
    const add = { kind: 'update', name: 'add', input: z.number() } as const;
    const code = withContract({ updates: [add] }, async (ctx: WorkflowContext) => {
      await ctx.waitForSignal('go');
      ctx.onUpdate(add, (by) => by);
      await ctx.waitForSignal('go');
    });
    const run = await RunDriver.start(code);
    const update = (updateId: string) => run.request({ kind: 'update', updateId, name: 'add', payload: '"x"' as never });
    await update('u1');
    await run.signal('go');
    await update('u2');
    await run.signal('go');
    expect(run.types.filter((type) => type.startsWith('Update'))).toEqual([
      'UpdateReceived',
      'UpdateRejected',
      'UpdateReceived',
      'UpdateRejected',
    ]);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is refused when it is a query that does not fit', async () => {
    const above = { kind: 'query', name: 'above', input: z.number() } as const;
    const code = withContract({ queries: [above] }, async (ctx: WorkflowContext) => {
      ctx.onQuery(above, (limit) => limit + 1);
      await ctx.waitForSignal('go');
    });
    const { run } = await RunDriver.start(code);
    expect(run.execution?.answer('above', '"x"' as never)).toMatchObject({ outcome: 'failed', failure: { type: 'PayloadInvalidError' } });
    expect(run.execution?.answer('above', '1' as never)).toEqual({ outcome: 'completed', result: '2' });
  });
});

describe('what code sends to others', () => {
  const child = { ...define(async () => {}), name: 'child', input: z.object({ id: z.string() }) };

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>, string]>([
    ['a child', (ctx) => ctx.child(child, { input: { id: 7 } }), 'the input of child workflow "child" does not fit its schema at /id'],
    [
      'a signal',
      (ctx) => ctx.handle('other').signal(approve, {} as never),
      'the payload of signal "approve" does not fit its schema at /by',
    ],
  ])('is refused where it does not fit: %s', async (_, run, message) => {
    const driver = await RunDriver.start(define(run));
    expect(driver.types).toEqual(['WorkflowStarted', 'WorkflowFailed']);
    expect(driver.last.data).toMatchObject({ failure: { type: 'PayloadInvalidError', message: expect.stringContaining(message) } });
  });
});

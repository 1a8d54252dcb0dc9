import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import { encodePayload, type HistoryEvent, type Payload, type UpdateDefinition, type WorkflowContext } from '../index.js';

const add: UpdateDefinition<number, number> = { kind: 'update', name: 'add' };

const update = (updateId: string, input: unknown, name = 'add') =>
  ({ kind: 'update', updateId, name, payload: encodePayload(input) as Payload }) as const;
const answers = ({ history }: RunDriver) => history.filter(({ type }) => /^Update(Completed|Failed|Rejected|Refused)$/.test(type));
const shown = ({ type, data, payload }: HistoryEvent) => [type, data, ...(payload === undefined ? [] : [payload])];

/** Adds numbers up, each filed by an activity, until it is told to end. */
const adding = define(async (ctx) => {
  let total = 0;
  const handler = async (n: number) => {
    await ctx.activity('file', n);
    total += n;
    return total;
  };
  const validate = (n: number) => {
    if (!(n > 0)) throw new RangeError(`${n} is not above 0`);
  };
  ctx.onUpdate(add, handler, { validate });
  await ctx.waitForSignal('done');
  return total;
});

describe('a handler of an update', () => {
  it('answers with what it returns, across replays', async () => {
    const run = await RunDriver.start(adding);
    await run.request(update('u1', 3));
    await run.reload(adding);
    await run.complete(3);
    await run.request(update('u2', 4));
    await run.complete(7);
    expect(answers(run).map(shown)).toEqual([
      ['UpdateCompleted', { updateSeq: 2 }, '3'],
      ['UpdateCompleted', { updateSeq: 6 }, '7'],
    ]);
    await run.signal('done');
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '7' });
    expect((await replayOf(adding, run.history)).divergence).toBeUndefined();
  });

  it('does not run when its validator refuses', async () => {
    const run = await RunDriver.start(adding);
    await run.request(update('u1', -1));
    await run.reload(adding);
    expect(answers(run).map(shown)).toEqual([
      ['UpdateRejected', { updateSeq: 2, failure: { type: 'RangeError', message: '-1 is not above 0' } }],
    ]);
    expect((await replayOf(adding, run.history)).divergence).toBeUndefined();
  });

  it('answers with what it throws, and the run goes on', async () => {
    const run = await RunDriver.start(adding);
    await run.request(update('u1', 1));
    await run.fail(3);
    expect(answers(run)).toMatchObject([{ type: 'UpdateFailed', data: { updateSeq: 2, failure: { type: 'ActivityFailedError' } } }]);
    expect(run.run.state.isOpen).toBe(true);
  });

  it.each<[string, (ctx: WorkflowContext) => unknown, string]>([
    ['calls an activity', (ctx) => void ctx.activity('a'), 'ctx.activity("a") was called'],
    ['returns a promise', async () => {}, 'it returned a promise'],
  ])('has a validator that only looks: one that %s fails its update', async (_, validate, act) => {
    const code = define(async (ctx) => {
      ctx.onUpdate(add, (n) => n, { validate: () => validate(ctx) as undefined });
      await ctx.waitForSignal('done');
    });
    const run = await RunDriver.start(code);
    await run.request(update('u1', 1));
    const message = `the validator of update "add" may only look at its run, at once: ${act}`;
    expect(answers(run)).toMatchObject([{ type: 'UpdateFailed', data: { failure: { type: 'ReadOnlyHandlerError', message } } }]);
    expect(run.types).toEqual(['WorkflowStarted', 'UpdateReceived', 'UpdateFailed']);
  });

  it('takes up what came before it, where the definition lists it', async () => {
    const code = {
      ...define(async (ctx) => {
        await ctx.sleep(1);
        ctx.onUpdate(add, (n) => n + 1);
        await ctx.waitForSignal('done');
      }),
      updates: [add],
    };
    const run = await RunDriver.start(code);
    await run.request(update('u1', 1));
    await run.reload(code);
    await run.fire(2);
    expect(answers(run).map(shown)).toEqual([['UpdateCompleted', { updateSeq: 3 }, '2']]);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('is missed at once where the definition does not list it', async () => {
    const run = await RunDriver.start(adding);
    await run.request(update('u1', 1, 'ad'));
    expect(answers(run).map(shown)).toEqual([['UpdateRefused', { n: 1, updateId: 'u1', name: 'ad', handlers: ['add'] }]]);
    await run.reload(adding);
    await run.signal('done');
    expect(run.last.type).toBe('WorkflowCompleted');
    expect((await replayOf(adding, run.history)).divergence).toBeUndefined();
  });

  it('is registered once for a name', async () => {
    const code = define(async (ctx) => {
      ctx.onUpdate(add, (n) => n);
      ctx.onUpdate(add, (n) => n);
    });
    const run = await RunDriver.start(code);
    expect(run.last).toMatchObject({
      data: { failure: { type: 'InvalidCommandError', message: expect.stringContaining('update "add" has a handler') } },
    });
  });
});

describe('a run whose function has returned', () => {
  it('answers the updates that are under way before it closes', async () => {
    const run = await RunDriver.start(adding);
    await run.give(run.nextRequest({ kind: 'signal', name: 'done' }), run.nextRequest(update('u1', 2)));
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'UpdateReceived', 'ActivityScheduled']);
    await run.reload(adding);
    await run.complete(4);
    expect(run.types.slice(-2)).toEqual(['UpdateCompleted', 'WorkflowCompleted']);
    expect((await replayOf(adding, run.history)).divergence).toBeUndefined();
  });

  it('leaves an update without an answer that no handler takes up', async () => {
    const code = define(async (ctx) => void (await ctx.waitForSignal('done')));
    const run = await RunDriver.start(code);
    await run.give(run.nextRequest({ kind: 'signal', name: 'done' }), run.nextRequest(update('u1', 2)));
    expect(run.types).toEqual(['WorkflowStarted', 'SignalReceived', 'UpdateReceived', 'WorkflowCompleted']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

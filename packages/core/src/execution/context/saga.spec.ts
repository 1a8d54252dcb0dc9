import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../../test/replay-of.js';
import { define, RunDriver } from '../../../test/run-driver.js';
import { ActivityFailedError, type CompensationFailedError, type SagaOptions, type WorkflowContext } from '../../index.js';

const result = (run: RunDriver) => {
  if (run.last.type !== 'WorkflowCompleted') throw new Error(`the run ends with ${JSON.stringify(run.last)}`);
  return run.last.payload === undefined ? undefined : JSON.parse(run.last.payload);
};
const scheduled = (run: RunDriver) => run.history.flatMap(({ type, data }) => (type === 'ActivityScheduled' ? [data.activity] : []));
const nameOf = (error: unknown) => (error as Error).name;

/** Books three things one after the other, each with a compensation. */
const booking = (options?: SagaOptions) =>
  define((ctx: WorkflowContext) =>
    ctx.saga(async (saga) => {
      for (const name of ['flight', 'hotel', 'car']) {
        const booked = await ctx.activity(`book-${name}`);
        saga.compensate(name, () => ctx.activity(`cancel-${name}`, booked));
      }
      return 'booked';
    }, options),
  );

describe('a saga', () => {
  it('that succeeds compensates nothing', async () => {
    const code = booking();
    const run = await RunDriver.start(code);
    for (const seq of [2, 4, 6]) await run.complete(seq);
    expect(result(run)).toBe('booked');
    expect(scheduled(run)).toEqual(['book-flight', 'book-hotel', 'book-car']);
  });

  it('that fails compensates what was done, the last first, each once, through a restart in between', async () => {
    const code = booking();
    const run = await RunDriver.start(code);
    await run.complete(2, 'f');
    await run.complete(4, 'h');
    await run.fail(6);
    await run.reload(code);
    expect(run.last).toMatchObject({ data: { activity: 'cancel-hotel' }, payload: '"h"' });
    await run.complete(run.last.seq);
    await run.reload(code);
    expect(run.last).toMatchObject({ data: { activity: 'cancel-flight' }, payload: '"f"' });
    await run.complete(run.last.seq);
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: ActivityFailedError.name } } });
    expect(scheduled(run)).toEqual(['book-flight', 'book-hotel', 'book-car', 'cancel-hotel', 'cancel-flight']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('that is canceled compensates, whoever cancels meanwhile, and its run closes as canceled', async () => {
    const code = booking();
    const run = await RunDriver.start(code);
    await run.complete(2);
    await run.request({ kind: 'cancel', reason: 'changed my mind' });
    expect(run.types.slice(-2)).toEqual(['ActivityCanceled', 'ActivityScheduled']);
    const compensation = run.last.seq;
    await run.request({ kind: 'cancel', reason: 'again' });
    expect(run.last.type).toBe('CancelRequested');
    await run.complete(compensation);
    expect(run.last).toMatchObject({ type: 'WorkflowCanceled', data: { reason: 'changed my mind' } });
    expect(scheduled(run)).toEqual(['book-flight', 'book-hotel', 'cancel-flight']);
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it.each<[string, SagaOptions | undefined, readonly string[], readonly string[]]>([
    ['goes on with the others', undefined, ['cancel-hotel', 'cancel-flight'], ['hotel', 'flight']],
    [
      'goes on with the others when it is told to',
      { onCompensationFailure: 'continue' },
      ['cancel-hotel', 'cancel-flight'],
      ['hotel', 'flight'],
    ],
    ['stops when it is told to', { onCompensationFailure: 'stop' }, ['cancel-hotel'], ['hotel']],
  ])('whose compensation fails %s, and says which failed and why it compensated', async (_, options, compensated, failed) => {
    let thrown: unknown;
    const inner = booking(options);
    const code = define(async (ctx) => {
      await inner.run(ctx, undefined).catch((error: unknown) => {
        thrown = error;
        throw error;
      });
    });
    const run = await RunDriver.start(code);
    await run.complete(2);
    await run.complete(4);
    await run.fail(6);
    while (run.last.type === 'ActivityScheduled') await run.fail(run.last.seq);
    expect(scheduled(run).slice(3)).toEqual(compensated);
    const error = thrown as CompensationFailedError;
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({ code: 'MARATHON_COMPENSATION_FAILED', compensations: failed, cause: { activity: 'book-car' } });
    expect(error.errors).toHaveLength(failed.length);
    expect(run.last).toMatchObject({
      type: 'WorkflowFailed',
      data: {
        failure: { type: 'CompensationFailedError', details: expect.stringContaining('hotel'), cause: { type: ActivityFailedError.name } },
      },
    });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('compensates within another saga first', async () => {
    const code = define((ctx) =>
      ctx.saga(async (outer) => {
        outer.compensate('outer', () => ctx.activity('undo-outer'));
        await ctx.saga(async (inner) => {
          inner.compensate('inner', () => ctx.activity('undo-inner'));
          throw new RangeError('no');
        });
      }),
    );
    const run = await RunDriver.start(code);
    await run.complete(2);
    await run.complete(run.last.seq);
    expect(scheduled(run)).toEqual(['undo-inner', 'undo-outer']);
    expect(run.last).toMatchObject({ type: 'WorkflowFailed', data: { failure: { type: 'RangeError' } } });
  });

  it('takes no compensation without a name, nor one when it is over', async () => {
    const code = define(async (ctx) => {
      let late = () => {};
      const early = await ctx
        .saga(async (saga) => {
          late = () => saga.compensate('late', () => 1);
          saga.compensate('', () => 1);
        })
        .catch(nameOf);
      try {
        late();
      } catch (error) {
        return [early, (error as Error).message];
      }
    });
    expect(result(await RunDriver.start(code))).toEqual(['InvalidCommandError', expect.stringContaining('too late')]);
  });
});

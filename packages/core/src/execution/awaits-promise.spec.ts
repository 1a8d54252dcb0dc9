import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../test/replay-of.js';
import { define, RunDriver } from '../../test/run-driver.js';
import { type SignalDefinition, type UpdateDefinition, type WorkflowContext, wakeCause } from '../index.js';

const go: SignalDefinition<number> = { kind: 'signal', name: 'go' };
const add: UpdateDefinition<number, number> = { kind: 'update', name: 'add' };
const own = () => new Promise<never>(() => {});
const update = { kind: 'update', updateId: 'u1', name: 'add', payload: '1' } as never;

/** What the row says of the run: whether its code awaits what no event brings, and which updates it takes. */
const told = ({ run, advances }: RunDriver) => ({
  promise: (run.wakeCauses & wakeCause.promise) !== 0,
  updates: advances.at(-1)?.codeWaits?.handledUpdates,
});

describe('code that awaits a promise of its own', () => {
  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ['and has a handler of a signal', (ctx) => own().finally(ctx.onSignal(go, () => {}) as never)],
    [
      'behind a wait that is over',
      (ctx) =>
        ctx
          .sleep(1)
          .then(own)
          .finally(ctx.onSignal(go, () => {}) as never),
    ],
    ['in a scope with a time-out', (ctx) => ctx.scope(own, { timeout: 1_000 }).finally(ctx.onSignal(go, () => {}) as never)],
    ['in a handler, while its function awaits a signal', handling((ctx) => ctx.waitForSignal('end'))],
    ['in a handler, while its function awaits a condition', handling((ctx) => ctx.condition(() => false))],
    ['in a handler, while its function awaits a step', handling((ctx) => ctx.run('step', own))],
    ['in a handler, and has ended otherwise', handling((ctx) => ctx.waitForSignal('over'))],
  ])('is known to: %s', async (_, code) => {
    const run = await RunDriver.start(define(code));
    if (run.last.type === 'TimerStarted' && run.last.data.durationMs === 1) await run.fire(2);
    if (run.run.execution?.takesUpdate('add')) await run.request(update);
    await run.signal('over');
    expect(told(run).promise).toBe(true);
    expect(run.run.status).toBe('Running');
  });

  it.each<[string, (ctx: WorkflowContext) => Promise<unknown>]>([
    ['a signal', (ctx) => ctx.waitForSignal('end')],
    ['a condition', (ctx) => ctx.condition(() => false)],
    ['an activity, of which its handler awaits another', async (ctx) => ctx.activity('act')],
    ['the first of two things', (ctx) => Promise.race([ctx.sleep(1), own()])],
  ])('is not taken for code that awaits %s', async (_, code) => {
    const run = await RunDriver.start(
      define((ctx) => {
        ctx.onUpdate(add, () => ctx.activity('file'));
        return code(ctx);
      }),
    );
    expect(told(run)).toEqual({ promise: false, updates: undefined });
    await run.request(update);
    expect(told(run).promise).toBe(false);
  });

  it('is named with the updates that might settle it', async () => {
    const run = await RunDriver.start(
      define((ctx) => {
        ctx.onUpdate(add, (n) => n);
        return own();
      }),
    );
    expect(told(run)).toEqual({ promise: true, updates: ['add'] });
  });

  it('goes on when a handler settles it, after a replay as before', async () => {
    const code = define(async (ctx) => {
      const gate = Promise.withResolvers<number>();
      ctx.onSignal(go, gate.resolve);
      return (await gate.promise) + 1;
    });
    const run = await RunDriver.start(code);
    await run.reload(code);
    await run.signal('go', 1);
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '2' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });
});

function handling(code: (ctx: WorkflowContext) => Promise<unknown>): (ctx: WorkflowContext) => Promise<unknown> {
  return (ctx) => {
    ctx.onUpdate(add, own);
    return code(ctx);
  };
}

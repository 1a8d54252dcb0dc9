import { describe, expect, it } from '@jest/globals';
import { replayOf } from '../../../test/replay-of.js';
import { define, RunDriver } from '../../../test/run-driver.js';
import type { WorkflowContext } from '../../index.js';

interface PaymentActivities {
  charge(order: { readonly amount: number }): Promise<{ readonly receipt: string }>;
  refund(receipt: string): Promise<void>;
  rates(): Promise<readonly number[]>;
  note(text?: string): Promise<void>;
}

class ShippingActivities {
  readonly carrier = 'post';
  constructor(private readonly depot: string) {}
  async ship(address: string): Promise<number> {
    return this.depot.length + address.length;
  }
  route(from: string, to: string): string {
    return `${from}-${to}`;
  }
}

describe('activity proxies', () => {
  it('call the activities of their own names, and give what these return', async () => {
    const code = define(async (ctx) => {
      const { charge, rates } = ctx.activities<PaymentActivities>();
      const { receipt } = await charge({ amount: 3 });
      return [receipt, await rates()];
    });
    const run = await RunDriver.start(code);
    expect(run.last).toMatchObject({ type: 'ActivityScheduled', data: { activity: 'charge' }, payload: '{"amount":3}' });
    await run.complete(2, { receipt: 'r1' });
    expect(run.last).toEqual({ seq: 4, at: run.nowMs, type: 'ActivityScheduled', data: { activity: 'rates' } });
    await run.complete(4, [1]);
    expect(run.last).toMatchObject({ type: 'WorkflowCompleted', payload: '["r1",[1]]' });
    expect((await replayOf(code, run.history)).divergence).toBeUndefined();
  });

  it('take options for all, and for each call before those', async () => {
    const code = define(async (ctx) => {
      const options = { startToCloseTimeout: '1m', heartbeatTimeout: '5s', retry: { attemptsMax: 3, backoffCoefficient: 4 } } as const;
      const { charge, rates } = ctx.activities<PaymentActivities>(options);
      await Promise.all([charge({ amount: 1 }), rates(undefined, { startToCloseTimeout: '2m', retry: { attemptsMax: 5 } })]);
    });
    const [, first, second] = (await RunDriver.start(code)).history;
    const timeouts = { heartbeatTimeoutMs: 5_000, startToCloseTimeoutMs: 60_000 };
    expect(first?.data).toMatchObject({ ...timeouts, retry: { attemptsMax: 3, backoffCoefficient: 4 } });
    expect(second?.data).toMatchObject({ ...timeouts, startToCloseTimeoutMs: 120_000, retry: { attemptsMax: 5, backoffCoefficient: 4 } });
  });

  it('schedule nothing when they are awaited, printed or copied', async () => {
    const code = define(async (ctx) => {
      const payments = await Promise.resolve(ctx.activities<PaymentActivities>());
      return [JSON.stringify(payments), Object.keys({ ...payments })];
    });
    const run = await RunDriver.start(code);
    expect(run.types).toEqual(['WorkflowStarted', 'WorkflowCompleted']);
  });
});

/** Checked by the compiler alone. */
export async function typesOfProxies(ctx: WorkflowContext): Promise<void> {
  const { charge, refund, rates, note } = ctx.activities<PaymentActivities>();
  const receipt: string = (await charge({ amount: 1 }, { taskQueue: 'payments' })).receipt;
  await refund(receipt);
  await rates();
  await rates(undefined, { startToCloseTimeout: '1s' });
  await note();
  await note('text', { startToCloseTimeout: '1s' });
  // @ts-expect-error the input has another shape
  await charge({ amount: '1' });
  // @ts-expect-error the input is missing
  await charge();
  // @ts-expect-error options come second
  await rates({ startToCloseTimeout: '1s' });
  // @ts-expect-error no such option
  await refund(receipt, { startToClose: '1s' });
  // @ts-expect-error no such activity
  ctx.activities<PaymentActivities>().chargeBack;
  // @ts-expect-error the result has another type
  const amount: number = await charge({ amount: 1 });

  const shipping = ctx.activities<ShippingActivities>();
  const days: number = await shipping.ship('here');
  // @ts-expect-error a property is no activity
  shipping.carrier;
  // @ts-expect-error an activity has one input
  shipping.route;
  void [amount, days];
}

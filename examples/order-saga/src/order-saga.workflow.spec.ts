import { expect, it } from '@jest/globals';
import { type ActivityMocks, createTestEnvironment, effect, simulate } from '@marathon/testing';
import { orderSaga, type ShopActivities } from './order-saga.workflow.js';

const input = { orderId: 'o-1', sku: 'tea', cents: 1_200 };

/** Keeps what was done, in its order. */
function shop(done: string[], more: ActivityMocks<ShopActivities> = {}): ActivityMocks<ShopActivities> {
  return {
    reserveStock: () => void done.push('reserved'),
    releaseStock: () => void done.push('released'),
    chargeCard: () => {
      done.push('charged');
      return { chargeId: 'ch-1' };
    },
    refundCard: () => void done.push('refunded'),
    bookParcel: () => ({ trackingCode: 'T-1' }),
    ...more,
  };
}

const soldOut = () => {
  throw Object.assign(new Error('no carrier goes there'), { nonRetryable: true });
};

it('keeps what was done when every step succeeds', async () => {
  const done: string[] = [];
  const env = createTestEnvironment<ShopActivities>({ workflows: [orderSaga], activities: shop(done) });
  expect(await (await env.start(orderSaga, { input })).result()).toEqual({ chargeId: 'ch-1', trackingCode: 'T-1' });
  expect(done).toEqual(['reserved', 'charged']);
});

it('undoes what was done, the last first, when a step fails for good', async () => {
  const done: string[] = [];
  const env = createTestEnvironment<ShopActivities>({ workflows: [orderSaga], activities: shop(done, { bookParcel: soldOut }) });
  await expect((await env.start(orderSaga, { input })).result()).rejects.toMatchObject({ status: 'Failed' });
  expect(done).toEqual(['reserved', 'charged', 'refunded', 'released']);
});

it('undoes it when the order is canceled meanwhile', async () => {
  const done: string[] = [];
  const slowCarrier = async (_: unknown, { sleep }: { sleep(duration: '20s'): Promise<void> }) => {
    await sleep('20s');
    return { trackingCode: 'T-1' };
  };
  const env = createTestEnvironment<ShopActivities>({ workflows: [orderSaga], activities: shop(done, { bookParcel: slowCarrier }) });
  const handle = await env.start(orderSaga, { input });
  await handle.cancel('changed my mind');
  await expect(handle.result()).rejects.toMatchObject({ status: 'Canceled' });
  expect(done).toEqual(['reserved', 'charged', 'refunded', 'released']);
});

it('charges and refunds once, whatever dies, comes twice or comes late', async () => {
  const once = (what: string, key: string) => effect(what, key);
  const report = await simulate<typeof input, ShopActivities>(orderSaga, {
    input,
    activities: {
      reserveStock: (_, { idempotencyKey }) => once('reserve', idempotencyKey),
      releaseStock: (_, { idempotencyKey }) => once('release', idempotencyKey),
      chargeCard: (_, { idempotencyKey }) => {
        once('charge', idempotencyKey);
        return { chargeId: 'ch-1' };
      },
      refundCard: (_, { idempotencyKey }) => once('refund', idempotencyKey),
      bookParcel: soldOut,
    },
  });
  expect(report.end).toContain('no carrier goes there');
});

import { workflow } from '@marathon/workflow';

export interface Order {
  readonly orderId: string;
  readonly sku: string;
  readonly cents: number;
}

/** What the workers of the shop offer. Each step has one that undoes it, and that does nothing where there is nothing to undo. */
export interface ShopActivities {
  reserveStock(order: Order): Promise<void>;
  releaseStock(order: Order): Promise<void>;
  chargeCard(order: Order): Promise<{ readonly chargeId: string }>;
  refundCard(order: Order): Promise<void>;
  bookParcel(order: Order): Promise<{ readonly trackingCode: string }>;
}

/**
 * Reserves, charges, ships. When a step fails for good, or the order is canceled, what was done is undone, the last first; then the
 * run ends as failed or canceled.
 */
export const orderSaga = workflow('order-saga', async (ctx, order: Order) => {
  const shop = ctx.activities<ShopActivities>({ startToCloseTimeout: '30s', retry: { attemptsMax: 5 } });
  return ctx.saga(async (saga) => {
    // Named before the step is tried: an attempt that timed out may have reserved all the same.
    saga.compensate('release the stock', () => shop.releaseStock(order));
    await shop.reserveStock(order);
    saga.compensate('refund the card', () => shop.refundCard(order));
    const { chargeId } = await shop.chargeCard(order);
    const { trackingCode } = await shop.bookParcel(order);
    return { chargeId, trackingCode };
  });
});

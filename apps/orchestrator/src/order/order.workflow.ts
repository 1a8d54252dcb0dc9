import { workflow } from '@marathon/workflow';

export interface OrderInput {
  readonly orderId: string;
  readonly email: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceCents: number }[];
}

export interface OrderOutcome {
  readonly paymentId: string;
  readonly carrier: string;
  readonly receiptSentTo: string;
}

/** The example: activities, one of which fails once and is retried, a timer, and a signal from the warehouse. */
export const order = workflow('order', async (ctx, input: OrderInput): Promise<OrderOutcome> => {
  const { totalCents } = await ctx.activity<{ totalCents: number }>('reserve-stock', input);
  const payment = await ctx.activity<{ paymentId: string; amountCents: number }>(
    'charge-card',
    { orderId: input.orderId, amountCents: totalCents },
    { retry: { initialInterval: '500ms' } },
  );
  await ctx.sleep('1s');
  const { carrier } = await ctx.waitForSignal<{ carrier: string }>('picked-up');
  const receipt = await ctx.activity<{ sentTo: string }>('send-receipt', { orderId: input.orderId, email: input.email, ...payment });
  return { paymentId: payment.paymentId, carrier, receiptSentTo: receipt.sentTo };
});

import { Activity, ActivityError, activityContext } from '@marathon/activity';
import { Injectable } from '@nestjs/common';
import type { Charge, Order, Payment, Receipt, ReceiptRequest, Reservation } from './order.js';
import { Pricing } from './pricing.js';

/** The activities of the example workflow `order`. They would call a warehouse, a bank and a mail server. */
@Injectable()
export class OrderActivities {
  constructor(private readonly pricing: Pricing) {}

  /** @throws ActivityError `EmptyOrder`, which no attempt can mend. */
  @Activity('reserve-stock')
  async reserveStock(order: Order): Promise<Reservation> {
    if (order.items.length === 0) throw new ActivityError('EmptyOrder', `order ${order.orderId} has no items`, { nonRetryable: true });
    return { reservationId: `reservation-${order.orderId}`, totalCents: this.pricing.totalCents(order.items) };
  }

  /** Fails at its first attempt, so that the example shows a retry. The key makes the bank charge once, whatever the attempts. */
  @Activity('charge-card')
  async chargeCard(charge: Charge): Promise<Payment> {
    const { attempt, idempotencyKey, log } = activityContext();
    if (attempt === 1) throw new ActivityError('CardNetworkUnavailable', 'the card network did not answer');
    log.info(`charging ${this.pricing.inEuros(charge.amountCents)}`, { orderId: charge.orderId });
    return { paymentId: `payment-${idempotencyKey}`, amountCents: charge.amountCents };
  }

  @Activity('send-receipt')
  async sendReceipt(request: ReceiptRequest): Promise<Receipt> {
    return { sentTo: request.email, text: `Order ${request.orderId}: ${this.pricing.inEuros(request.amountCents)}, ${request.paymentId}` };
  }
}

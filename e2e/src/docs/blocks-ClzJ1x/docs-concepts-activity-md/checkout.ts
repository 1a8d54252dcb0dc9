// checkout.ts
import { ActivityFailedError, workflow } from '@marathon/workflow';
import type { PaymentActivities } from './payment.activities.js';

export const checkout = workflow('checkout', async (ctx, card: string) => {
  const { chargeCard } = ctx.activities<PaymentActivities>({ startToCloseTimeout: '30s', retry: { initialInterval: '10ms', attemptsMax: 5 } });
  try {
    return (await chargeCard({ card, cents: 1200 })).chargeId;
  } catch (error) {
    if (error instanceof ActivityFailedError && error.failure.type === 'CardLost') return 'not paid';
    throw error;
  }
});

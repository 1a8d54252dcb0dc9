// payment.activities.ts
import { Activity, ActivityError, activityContext } from '@marathon/activity';

export class PaymentActivities {
  @Activity()
  async chargeCard({ card, cents }: { readonly card: string; readonly cents: number }): Promise<{ readonly chargeId: string }> {
    const { idempotencyKey, attempt } = activityContext();
    if (card === 'lost') throw new ActivityError('CardLost', 'the card is reported lost', { nonRetryable: true });
    if (attempt === 1) throw new Error('the bank does not answer'); // it is tried again
    return { chargeId: `${cents} by ${idempotencyKey.length > 0 ? 'key' : 'chance'}` };
  }
}

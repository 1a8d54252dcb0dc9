// order.workflow.ts
import { query, signal, workflow } from '@marathon/workflow';

export interface PaymentActivities {
  chargeCard(charge: { readonly cents: number }): Promise<{ readonly chargeId: string }>;
  sendReminder(to: string): Promise<void>;
}

export const approve = signal<{ readonly by: string }>('approve');
export const state = query<string>('state');

export const order = workflow('order', async (ctx, input: { readonly cents: number; readonly email: string }) => {
  const { chargeCard, sendReminder } = ctx.activities<PaymentActivities>();
  let current = 'waiting for approval';
  ctx.onQuery(state, () => current);
  const approval = ctx.waitForSignal(approve);
  const isInTime = await Promise.race([approval.then(() => true), ctx.sleep('30d').then(() => false)]);
  if (!isInTime) await sendReminder(input.email);
  const { by } = await approval;
  current = 'charging';
  const { chargeId } = await chargeCard({ cents: input.cents });
  return { chargeId, by };
});

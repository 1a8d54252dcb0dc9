// subscription.ts
import { query, signal, WorkflowCanceledError, workflow } from '@marathon/workflow';

export interface BillingActivities {
  charge(customer: string): Promise<number>;
  sendGoodbye(customer: string): Promise<void>;
}

export const cancelPlan = signal('cancel-plan'); // defineSignal
export const charged = query<number>('charged'); // defineQuery

export const subscription = workflow('subscription', { signals: [cancelPlan], queries: [charged] }, async (ctx, customer: string) => {
  const { charge, sendGoodbye } = ctx.activities<BillingActivities>({ startToCloseTimeout: '1m' }); // proxyActivities
  let cents = 0;
  let isCanceled = false;
  ctx.onSignal(cancelPlan, () => {
    isCanceled = true;
  }); // setHandler
  ctx.onQuery(charged, () => cents);
  try {
    while (!(await ctx.condition(() => isCanceled, '30d'))) cents += await charge(customer); // condition
  } catch (error) {
    if (!(error instanceof WorkflowCanceledError)) throw error; // isCancellation
    await sendGoodbye(customer); // no nonCancellable scope: a cancellation is delivered once
    throw error;
  }
  return cents;
});

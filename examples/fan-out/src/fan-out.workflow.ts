import { workflow } from '@marathon/workflow';

export interface Invoice {
  readonly customer: string;
  readonly cents: number;
}

export interface BillingActivities {
  send(invoice: Invoice): Promise<{ readonly number: string }>;
}

export interface Billing {
  readonly sent: number;
  /** Of customers whose invoice could not be sent, with the reason. */
  readonly unsent: Readonly<Record<string, string>>;
}

/** The invoices of a month, 50 at a time, however many there are. What cannot be sent does not hold up the rest. */
export const billing = workflow('billing', async (ctx, invoices: readonly Invoice[]): Promise<Billing> => {
  const { send } = ctx.activities<BillingActivities>({ startToCloseTimeout: '1m', retry: { attemptsMax: 3 } });
  const outcomes = await ctx.map(invoices, send, { concurrency: 50, settle: true });
  const unsent: Record<string, string> = {};
  for (const [i, outcome] of outcomes.entries()) if (!outcome.ok) unsent[invoices[i]?.customer ?? ''] = outcome.failure.message;
  return { sent: outcomes.filter(({ ok }) => ok).length, unsent };
});

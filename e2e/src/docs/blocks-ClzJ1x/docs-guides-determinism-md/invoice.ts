// invoice.ts
import { workflow } from '@marathon/workflow';

export const invoice = workflow('invoice', async (ctx, customer: string) => {
  const number = ctx.uuid();
  const dueAtMs = ctx.now() + 14 * 86_400_000;
  const rate = await ctx.run('read the rate', () => Number(process.env.TAX_RATE ?? '19'));
  await ctx.activity('send-invoice', { customer, number, rate });
  await ctx.sleep('14d');
  return { number, dueAtMs, rate };
});

// invoice.ts
import { signal, workflow } from '@marathon/workflow';

export const paid = signal<{ readonly cents: number }>('paid');

export const invoice = workflow('invoice', { signals: [paid] }, async (ctx, cents: number) => {
  const number = `${new Date(ctx.now()).getUTCFullYear()}-${ctx.uuid()}`;
  const remindAt = 9 + ctx.random() * 8; // somewhere in office hours
  let received = 0;
  ctx.onSignal(paid, (payment) => {
    received += payment.cents;
  });
  await ctx.sleep('1d');
  const isPaid = await ctx.condition(() => received >= cents, '14d');
  return { number, remindAt, isPaid };
});

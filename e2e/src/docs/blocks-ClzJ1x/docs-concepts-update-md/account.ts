// account.ts
import { signal, update, workflow } from '@marathon/workflow';
import { z } from 'zod';

export const withdraw = update<{ readonly leftCents: number }, { readonly cents: number }>('withdraw', z.object({ cents: z.int().positive() }));
export const close = signal('close');

export const account = workflow('account', { signals: [close], updates: [withdraw] }, async (ctx, depositCents: number) => {
  let leftCents = depositCents;
  ctx.onUpdate(
    withdraw,
    async ({ cents }) => {
      leftCents -= cents;
      await ctx.sleep('10ms'); // durable work, as anywhere
      return { leftCents };
    },
    {
      validate: ({ cents }) => {
        if (cents > leftCents) throw new RangeError(`only ${leftCents} are left`);
      },
    },
  );
  await ctx.waitForSignal(close);
  return leftCents;
});

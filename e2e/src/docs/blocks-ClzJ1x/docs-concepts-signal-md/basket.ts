// basket.ts
import { signal, workflow } from '@marathon/workflow';
import { z } from 'zod';

export const add = signal('add', z.object({ sku: z.string(), count: z.int().positive() }));
export const checkOut = signal('check-out');

export const basket = workflow('basket', { signals: [add, checkOut] }, async (ctx) => {
  const items: Record<string, number> = {};
  ctx.onSignal(add, ({ sku, count }) => {
    items[sku] = (items[sku] ?? 0) + count;
  });
  await ctx.waitForSignal(checkOut);
  return items;
});

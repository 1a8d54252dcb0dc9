import { query, signal, update, workflow } from '@marathon/workflow';

export const count = signal<number>('count');
export const close = signal('close');
export const total = query<number>('total');
export const add = update<number, number>('add');

/** Adds up what it is sent, until it is closed. */
export const tally = workflow('browser.tally', { signals: [count, close], queries: [total], updates: [add] }, async (ctx) => {
  let sum = 0;
  ctx.onQuery(total, () => sum);
  ctx.onSignal(count, (n) => {
    sum += n;
  });
  ctx.onUpdate(add, (n) => {
    sum += n;
    return sum;
  });
  await ctx.waitForSignal(close);
  return sum;
});

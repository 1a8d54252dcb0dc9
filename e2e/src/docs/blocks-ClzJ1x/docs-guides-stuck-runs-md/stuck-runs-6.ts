import { workflow } from '@marathon/workflow';

export const order = workflow('order', (ctx, input: { readonly cents: number }) =>
  ctx.activity('chargeCard', input, { taskQueue: 'payments' }),
);

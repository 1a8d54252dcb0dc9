import { workflow } from '@marathon/workflow';

export const order = workflow('order', async (ctx) => {
  const { region } = await ctx.waitForSignal<{ readonly region: string }>('moved');
  ctx.upsertSearchAttributes({ region, isMoved: true });
  return region;
});

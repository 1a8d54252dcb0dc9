// tour.ts
import { ChildWorkflowFailedError, signal, workflow } from '@marathon/workflow';

export const delivered = signal<{ readonly to: string }>('delivered');

export const delivery = workflow('delivery', { signals: [delivered] }, async (ctx, address: string) => {
  if (address === '') throw new Error('there is no address');
  return (await ctx.waitForSignal(delivered)).to;
});

export const tour = workflow('tour', async (ctx, addresses: readonly string[]) => {
  const children = await Promise.all(
    addresses.map((address, i) => ctx.startChild(delivery, { workflowId: `${ctx.workflowId}/${i}`, input: address })),
  );
  const ends = children.map(async (child) => {
    try {
      return await child.result();
    } catch (error) {
      if (error instanceof ChildWorkflowFailedError) return error.failure?.message;
      throw error;
    }
  });
  return Promise.all(ends);
});

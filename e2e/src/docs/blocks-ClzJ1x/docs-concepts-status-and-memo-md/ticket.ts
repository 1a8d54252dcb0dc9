// ticket.ts
import { signal, workflow } from '@marathon/workflow';

export const assign = signal<{ readonly to: string }>('assign');

export const ticket = workflow('ticket', { signals: [assign] }, async (ctx) => {
  ctx.setStatus('waits for somebody');
  const { to } = await ctx.waitForSignal(assign);
  ctx.setStatus(`is with ${to}`);
  ctx.upsertMemo({ firstSeenBy: to });
  ctx.upsertSearchAttributes({ assignee: to, assignedAt: new Date(ctx.now()) });
  await ctx.sleep('1d');
});

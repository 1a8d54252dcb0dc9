// refund.ts
import { ApprovalTimedOutError, workflow } from '@marathon/workflow';
import { z } from 'zod';

const Decision = z.object({ isApproved: z.boolean(), comment: z.string().max(1_000).optional() });

export const refund = workflow('refund', async (ctx, cents: number) => {
  try {
    const { isApproved } = await ctx.approval({
      title: `Refund ${(cents / 100).toFixed(2)}?`,
      schema: Decision,
      assignee: 'ada',
      escalation: { after: '3d', assignee: 'finance' },
      deadline: '14d',
    });
    return isApproved ? 'refunded' : 'refused';
  } catch (error) {
    if (error instanceof ApprovalTimedOutError) return 'nobody answered';
    throw error;
  }
});

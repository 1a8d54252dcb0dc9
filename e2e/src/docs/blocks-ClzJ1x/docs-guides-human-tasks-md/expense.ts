// expense.ts
import { ApprovalTimedOutError, workflow } from '@marathon/workflow';
import { z } from 'zod';

export interface Expense {
  readonly employee: string;
  readonly manager: string;
  readonly cents: number;
}

const Decision = z.object({ isApproved: z.boolean(), comment: z.string().max(1_000).optional() });

export const expense = workflow('expense', async (ctx, { employee, manager, cents }: Expense) => {
  ctx.setStatus(`waits for ${manager}`);
  const manages = ctx.approval({
    title: `Pay ${employee} ${(cents / 100).toFixed(2)}?`,
    description: 'Receipts are in the shared folder.',
    schema: Decision,
    assignee: manager,
    escalation: { after: '3d', assignee: 'finance' },
    deadline: '14d',
  });
  const refused = (error: unknown) => {
    if (error instanceof ApprovalTimedOutError) return { isApproved: false, comment: 'nobody answered' };
    throw error;
  };
  const { isApproved, comment } = await manages.catch(refused);
  ctx.setStatus('');
  return isApproved ? 'paid' : `refused: ${comment ?? 'no reason given'}`;
});

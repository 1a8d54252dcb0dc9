import { ApprovalTimedOutError, workflow } from '@marathon/workflow';
import { z } from 'zod';

export interface Expense {
  readonly employee: string;
  readonly manager: string;
  readonly what: string;
  readonly cents: number;
}

export interface ExpenseActivities {
  payOut(payment: { readonly to: string; readonly cents: number }): Promise<void>;
  tell(message: { readonly to: string; readonly text: string }): Promise<void>;
}

/** What the manager may answer; what does not fit is refused where it is sent. */
const Decision = z.object({ isApproved: z.boolean(), comment: z.string().max(1_000).optional() });

/** Pays an expense out when the manager, or finance after three days, says so within two weeks. Small ones ask nobody. */
export const expense = workflow('expense', async (ctx, { employee, manager, what, cents }: Expense) => {
  const { payOut, tell } = ctx.activities<ExpenseActivities>();
  if (cents > 5_000) {
    const decision = await ctx
      .approval({
        title: `Pay ${employee} ${(cents / 100).toFixed(2)}?`,
        description: what,
        schema: Decision,
        assignee: manager,
        escalation: { after: '3d', assignee: 'finance' },
        deadline: '14d',
      })
      .catch((error: unknown) => {
        if (error instanceof ApprovalTimedOutError) return { isApproved: false, comment: 'nobody answered' };
        throw error;
      });
    if (!decision.isApproved) {
      await tell({ to: employee, text: `not paid: ${decision.comment ?? 'refused'}` });
      return 'refused';
    }
  }
  await payOut({ to: employee, cents });
  return 'paid';
});

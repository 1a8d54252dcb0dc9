// trial.ts
import { workflow } from '@marathon/workflow';

export interface MailActivities {
  sendMail(mail: { readonly to: string; readonly text: string }): Promise<void>;
}

export const trial = workflow('trial', async (ctx, email: string) => {
  const { sendMail } = ctx.activities<MailActivities>();
  await sendMail({ to: email, text: 'welcome' });
  await ctx.sleep('30d');
  await sendMail({ to: email, text: 'your trial ends today' });
  return 'ended';
});

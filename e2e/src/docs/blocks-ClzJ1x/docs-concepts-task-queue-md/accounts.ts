// accounts.ts
import { Activity } from '@marathon/activity';
import { workflow } from '@marathon/workflow';

export class AccountActivities {
  @Activity()
  async openAccount(owner: string): Promise<string> {
    return `account of ${owner}`;
  }
}

export const onboard = workflow('onboard', (ctx, owner: string) =>
  ctx.activities<AccountActivities>({ scheduleToStartTimeout: '1h' }).openAccount(owner),
);

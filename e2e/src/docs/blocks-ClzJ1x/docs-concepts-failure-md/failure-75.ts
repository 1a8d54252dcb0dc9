import { expect, it } from '@jest/globals';
import { failure } from '@marathon/activity';
import { createTestEnvironment } from '@marathon/testing';
import { isFailure, workflow } from '@marathon/workflow';

const bank = {
  async chargeCard(cents: number) {
    return cents > 500 ? failure('CardDeclined', { limit: 500 }) : { chargeId: 'ch-1' };
  },
};

const checkout = workflow('checkout', async (ctx, cents: number) => {
  const charged = await ctx.activities<typeof bank>().chargeCard(cents);
  if (isFailure(charged, 'CardDeclined')) return `declined above ${charged.details.limit}`;
  return charged.chargeId; // without the line before, this is a type error
});

it('comes back as a value, and is not tried again', async () => {
  const env = createTestEnvironment<typeof bank>({ workflows: [checkout], activities: bank });
  expect(await (await env.start(checkout, { input: 900 })).result()).toBe('declined above 500');
  expect(env.calls('chargeCard')).toHaveLength(1);
});

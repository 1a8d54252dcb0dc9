import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { approve, order, type PaymentActivities } from './order.workflow.js';

it('sends a reminder after 30 days', async () => {
  const env = createTestEnvironment<PaymentActivities>({
    workflows: [order],
    activities: {
      sendReminder: () => {},
      chargeCard: async (_, { attempt, sleep }) => {
        await sleep('3s');
        if (attempt === 1) throw new Error('the bank is closed');
        return { chargeId: 'ch-1' };
      },
    },
  });
  const handle = await env.start(order, { input: { cents: 1, email: 'bo@example.com' } });
  await env.advance('29d');
  expect(env.calls('sendReminder')).toHaveLength(0);
  await env.advance('1d');
  expect(env.calls('sendReminder')).toMatchObject([{ input: 'bo@example.com' }]);
  await handle.signal(approve, { by: 'bo' });
  expect(await handle.result()).toEqual({ chargeId: 'ch-1', by: 'bo' });
  expect(env.calls('chargeCard')).toHaveLength(2);
});

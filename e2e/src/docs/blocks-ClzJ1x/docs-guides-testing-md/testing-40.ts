import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { approve, order, type PaymentActivities, state } from './order.workflow.js';

it('charges what was approved', async () => {
  const env = createTestEnvironment<PaymentActivities>({
    workflows: [order],
    activities: { chargeCard: ({ cents }) => ({ chargeId: `charge of ${cents}` }) },
  });
  const handle = await env.start(order, { input: { cents: 1200, email: 'ada@example.com' } });
  expect(await handle.query(state)).toBe('waiting for approval');
  await handle.signal(approve, { by: 'ada' });
  expect(await handle.result()).toEqual({ chargeId: 'charge of 1200', by: 'ada' });
  expect(env.calls('chargeCard')).toMatchObject([{ input: { cents: 1200 }, attempt: 1 }]);
});

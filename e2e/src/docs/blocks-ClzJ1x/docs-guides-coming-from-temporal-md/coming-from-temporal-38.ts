import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type BillingActivities, cancelPlan, charged, subscription } from './subscription.js';

const env = createTestEnvironment<BillingActivities>({ workflows: [subscription], activities: { charge: () => 900, sendGoodbye: () => {} } });

it('charges every month until the plan is canceled', async () => {
  const handle = await env.start(subscription, { input: 'ada' });
  await env.advance('61d');
  expect(await handle.query(charged)).toBe(1_800);
  await handle.signal(cancelPlan);
  expect(await handle.result()).toBe(1_800);
});

it('says goodbye when the run is canceled', async () => {
  const handle = await env.start(subscription, { input: 'bo' });
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ status: 'Canceled' });
  expect(env.calls('sendGoodbye')).toMatchObject([{ input: 'bo' }]);
});

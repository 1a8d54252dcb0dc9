import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { quotes, type VendorActivities } from './quotes.js';

const env = createTestEnvironment<VendorActivities>({
  workflows: [quotes],
  activities: {
    askForQuote: async (vendor, { sleep }) => {
      await sleep(vendor === 'slow' ? '1h' : '1s');
      return vendor.length;
    },
  },
});

it('takes the best quote of a minute', async () => {
  const handle = await env.start(quotes, { input: ['quick', 'quicker', 'slow'] });
  expect(await handle.result()).toBe(5);
});

it('is canceled as a whole', async () => {
  const handle = await env.start(quotes, { input: ['slow'] });
  await handle.cancel('no longer wanted');
  await expect(handle.result()).rejects.toMatchObject({ status: 'Canceled' });
});

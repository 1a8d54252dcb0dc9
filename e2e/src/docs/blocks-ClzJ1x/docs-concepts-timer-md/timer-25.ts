import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { invoice, paid } from './invoice.js';

it('waits for the whole sum, or for two weeks', async () => {
  const env = createTestEnvironment({ workflows: [invoice] });
  const inTime = await env.start(invoice, { input: 100 });
  await inTime.signal(paid, { cents: 40 });
  await inTime.signal(paid, { cents: 60 });
  expect(await inTime.result()).toMatchObject({ isPaid: true, number: expect.stringMatching(/^2026-/) });
  const late = await env.start(invoice, { input: 100 });
  expect(await late.result()).toMatchObject({ isPaid: false });
});

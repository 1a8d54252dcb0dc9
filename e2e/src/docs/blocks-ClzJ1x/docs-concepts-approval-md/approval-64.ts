import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { refund } from './refund.js';

const env = createTestEnvironment({ workflows: [refund] });

it('becomes somebody else’s after three days', async () => {
  const handle = await env.start(refund, { input: 1200 });
  await env.advance('3d');
  const [approval] = await handle.approvals();
  expect(approval?.assignee).toBe('finance');
  await approval?.answer({ isApproved: true });
  expect(await handle.result()).toBe('refunded');
});

it('gives up after two weeks', async () => {
  expect(await (await env.start(refund, { input: 1200 })).result()).toBe('nobody answered');
});

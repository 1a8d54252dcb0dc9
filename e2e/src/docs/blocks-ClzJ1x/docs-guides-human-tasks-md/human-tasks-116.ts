import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { expense } from './expense.js';
import { quorum } from './quorum.js';

const env = createTestEnvironment({ workflows: [expense, quorum] });

it('takes the first answer', async () => {
  const handle = await env.start(quorum, { input: ['ada', 'bo'] });
  const asked = await handle.approvals();
  await asked.find(({ assignee }) => assignee === 'bo')?.answer('tea');
  expect(await handle.approvals()).toEqual([]);
  expect(await handle.result()).toBe('tea');
});

it('goes to finance after three days, and ends after two weeks', async () => {
  const handle = await env.start(expense, { input: { employee: 'bo', manager: 'ada', cents: 100 } });
  await env.advance('3d');
  expect(await handle.approvals()).toMatchObject([{ assignee: 'finance' }]);
  expect(await handle.result()).toBe('refused: nobody answered');
});

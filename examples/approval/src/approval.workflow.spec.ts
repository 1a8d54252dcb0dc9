import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type ExpenseActivities, expense } from './approval.workflow.js';

async function asked(cents: number) {
  const env = createTestEnvironment<ExpenseActivities>({ workflows: [expense], activities: { payOut: () => {}, tell: () => {} } });
  const handle = await env.start(expense, { input: { employee: 'bo', manager: 'ada', what: 'a train to Ulm', cents } });
  return { env, handle };
}

it('asks the manager, and pays when the answer is yes', async () => {
  const { env, handle } = await asked(12_000);
  const [approval] = await handle.approvals();
  expect(approval).toMatchObject({ title: 'Pay bo 120.00?', description: 'a train to Ulm', assignee: 'ada' });
  await approval?.answer({ isApproved: true });
  expect(await handle.result()).toBe('paid');
  expect(env.calls('payOut')).toMatchObject([{ input: { to: 'bo', cents: 12_000 } }]);
});

it('refuses an answer that does not fit, and goes on waiting', async () => {
  const { handle } = await asked(12_000);
  const [approval] = await handle.approvals();
  await expect(approval?.answer({ isApproved: 'yes' })).rejects.toThrow('isApproved');
  expect(await handle.approvals()).toHaveLength(1);
});

it('goes to finance after three days', async () => {
  const { env, handle } = await asked(12_000);
  await env.advance('3d');
  const [approval] = await handle.approvals();
  expect(approval).toMatchObject({ assignee: 'finance' });
  await approval?.answer({ isApproved: false, comment: 'no receipt' });
  expect(await handle.result()).toBe('refused');
  expect(env.calls('tell')).toMatchObject([{ input: { to: 'bo', text: 'not paid: no receipt' } }]);
});

it('tells the employee when nobody answers for two weeks', async () => {
  const { env, handle } = await asked(12_000);
  expect(await handle.result()).toBe('refused');
  expect(env.calls('tell')).toMatchObject([{ input: { text: 'not paid: nobody answered' } }]);
});

it('asks nobody about small sums', async () => {
  const { handle } = await asked(900);
  expect(await handle.result()).toBe('paid');
});

import { expect, it } from '@jest/globals';
import { createTestEnvironment, type MockContext } from '@marathon/testing';
import { type BillingActivities, billing, type Invoice } from './fan-out.workflow.js';

let [underWay, most] = [0, 0];

async function send({ customer }: Invoice, { sleep }: MockContext) {
  most = Math.max(most, ++underWay);
  await sleep('1s');
  underWay--;
  if (customer === 'c 7') throw new Error('no address');
  return { number: `R-${customer}` };
}

const env = createTestEnvironment<BillingActivities>({ workflows: [billing], activities: { send } });

it('sends all invoices, 50 at a time, and says which could not be sent', async () => {
  const invoices = Array.from({ length: 200 }, (_, i) => ({ customer: `c ${i}`, cents: 100 * i }));
  const handle = await env.start(billing, { input: invoices });
  expect(await handle.result()).toEqual({ sent: 199, unsent: { 'c 7': 'no address' } });
  expect(most).toBe(50);
});

it('has a history of four events for all of them', async () => {
  const handle = await env.start(billing, { input: [{ customer: 'c 1', cents: 100 }] });
  await handle.result();
  const { events } = await handle.history();
  expect(events.map(({ type }) => type)).toEqual(['WorkflowStarted', 'MapScheduled', 'MapCompleted', 'WorkflowCompleted']);
});

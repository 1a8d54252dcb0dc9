import { expect, it } from '@jest/globals';
import { createTestEnvironment, replay } from '@marathon/testing';
import { workflow } from '@marathon/workflow';
import { approve, order, type PaymentActivities } from './order.workflow.js';

it('replays what was recorded', async () => {
  const env = createTestEnvironment<PaymentActivities>({ workflows: [order], activities: { chargeCard: () => ({ chargeId: 'ch-1' }) } });
  const handle = await env.start(order, { input: { cents: 1, email: 'cy@example.com' } });
  await handle.signal(approve, { by: 'cy' });
  await handle.result();
  const history = await handle.history(); // or the text of a history file

  await replay(history, order);
  const changed = workflow('order', async (ctx) => ctx.sleep('31d'));
  await expect(replay(history, changed)).rejects.toMatchObject({ seq: 2, actual: 'TimerStarted for 2678400000 ms' });
});

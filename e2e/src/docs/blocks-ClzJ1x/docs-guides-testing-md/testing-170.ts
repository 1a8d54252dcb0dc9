import { expect, it } from '@jest/globals';
import { effect, simulate } from '@marathon/testing';
import { approve, order, type PaymentActivities } from './order.workflow.js';

it('bears whatever happens', async () => {
  const report = await simulate<{ cents: number; email: string }, PaymentActivities>(order, {
    input: { cents: 1200, email: 'di@example.com' },
    activities: {
      chargeCard: ({ cents }, { idempotencyKey }) => {
        effect('charge', idempotencyKey);
        return { chargeId: `charge of ${cents}` };
      },
    },
    during: (handle) => handle.signal(approve, { by: 'di' }),
  });
  expect(report.end).toBe('Completed with {"chargeId":"charge of 1200","by":"di"}');
});

import { expect, it } from '@jest/globals';
import { createTestEnvironment, type MockContext } from '@marathon/testing';
import { type DeliveryActivities, delivery, tour } from './children.workflow.js';

async function drive({ address }: { readonly address: string }, { sleep }: MockContext) {
  await sleep('1h');
  if (address === 'Atlantis') throw Object.assign(new Error('sunk'), { nonRetryable: true });
  return { signedBy: `somebody in ${address}` };
}

const env = createTestEnvironment<DeliveryActivities>({ workflows: [tour, delivery], activities: { drive } });

it('delivers all parcels at once, and brings back what cannot be delivered', async () => {
  const begunAtMs = env.nowMs;
  const handle = await env.start(tour, { input: { addresses: ['Ulm', 'Atlantis', 'Bonn'] } });
  expect(await handle.result()).toEqual([
    { address: 'Ulm', signedBy: 'somebody in Ulm' },
    { address: 'Atlantis' },
    { address: 'Bonn', signedBy: 'somebody in Bonn' },
  ]);
  expect(env.nowMs - begunAtMs).toBeLessThan(2 * 3_600_000);
});

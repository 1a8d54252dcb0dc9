import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type CatalogActivities, reindex } from './reindex.js';

it('goes on with what fails, and says what it was', async () => {
  const env = createTestEnvironment<CatalogActivities>({
    workflows: [reindex],
    activities: {
      listProducts: () => ['cup', 'pot', 'tea'],
      index: (product) => {
        if (product === 'pot') throw new Error('it is broken');
      },
    },
  });
  const handle = await env.start(reindex, { input: { after: '', failed: [] } });
  expect(await handle.result()).toEqual(['pot']);
});

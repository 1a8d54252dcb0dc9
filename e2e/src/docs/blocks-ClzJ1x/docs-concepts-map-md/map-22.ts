import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type ImageActivities, thumbnails } from './thumbnails.js';

it('makes them all, in their order', async () => {
  const env = createTestEnvironment<ImageActivities>({
    workflows: [thumbnails],
    activities: { resize: (image) => ({ url: `/small/${image}` }) },
  });
  const handle = await env.start(thumbnails, { input: ['a.png', 'b.png'] });
  expect(await handle.result()).toEqual(['/small/a.png', '/small/b.png']);
});

import { expect, it } from '@jest/globals';
import { createTestEnvironment, simulate } from '@marathon/testing';
import { tour } from './tour.js';

const activities = {
  visit: (place: string) => {
    if (place === 'Atlantis') throw Object.assign(new Error('sunk'), { nonRetryable: true });
  },
};

it('goes on without what it missed, and lets a cancellation pass', async () => {
  const env = createTestEnvironment({ workflows: [tour], activities });
  expect(await (await env.start(tour, { input: ['Ulm', 'Atlantis'] })).result()).toEqual(['Atlantis']);
  await simulate(tour, { input: ['Ulm', 'Atlantis'], activities });
});

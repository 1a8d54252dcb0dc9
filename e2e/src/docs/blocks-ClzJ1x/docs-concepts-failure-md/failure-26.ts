import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { type CourierActivities, delivery } from './delivery.js';

class NoSuchPlace extends Error {
  override readonly name = 'NoSuchPlace';
  readonly details = { nearest: 'Ulm' };
}

const env = createTestEnvironment<CourierActivities>({
  workflows: [delivery],
  activities: {
    book: (to) => {
      if (to === 'Atlantis') throw new NoSuchPlace('it has sunk');
      throw new Error('the line is dead');
    },
  },
});

it('is told by its type, and has the details', async () => {
  expect(await (await env.start(delivery, { input: 'Atlantis' })).result()).toEqual({ nearest: 'Ulm' });
});

it('keeps the causes', async () => {
  const handle = await env.start(delivery, { input: 'Ulm' });
  await expect(handle.result()).rejects.toMatchObject({
    failure: { message: 'the parcel could not be sent', cause: { type: 'ActivityFailedError', cause: { type: 'Error', message: 'the line is dead' } } },
  });
});

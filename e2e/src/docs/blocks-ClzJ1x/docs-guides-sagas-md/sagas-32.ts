import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { trip, type TripActivities } from './trip.js';

function travel(charge: (trip: string) => void) {
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const env = createTestEnvironment<TripActivities>({
    workflows: [trip],
    activities: {
      bookFlight: () => ({ flight: 'LH 17' }),
      bookHotel: note('hotel'),
      charge,
      cancelFlight: note('no flight'),
      cancelHotel: note('no hotel'),
    },
  });
  return { env, done };
}

it('undoes nothing when all goes well', async () => {
  const { env, done } = travel(() => {});
  expect(await (await env.start(trip, { input: 't1' })).result()).toBe('LH 17');
  expect(done).toEqual(['hotel']);
});

it('undoes what was done, the last first, then fails', async () => {
  const { env, done } = travel(() => {
    throw new Error('the card is declined');
  });
  await expect((await env.start(trip, { input: 't1' })).result()).rejects.toMatchObject({ status: 'Failed' });
  expect(done).toEqual(['hotel', 'no hotel', 'no flight']);
});

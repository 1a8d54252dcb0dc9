import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { TravelActivities } from './travel.activities.js';
import { trip } from './trip.js';

const travel = new TravelActivities();
const env = createTestEnvironment<TravelActivities>({
  workflows: [trip],
  activities: {
    findSeat: (to) => travel.findSeat(to),
    bookSeat: async (booking, { sleep }) => {
      if (booking.to === 'Limbo') await sleep('2h'); // longer than all attempts may take
      return travel.bookSeat(booking);
    },
  },
});

it.each([
  ['Ulm', 'seat to Ulm'],
  ['Rome', 'no seat before May'],
  ['Atlantis', 'no such place'],
  ['Limbo', 'no answer'],
])('a trip to %s: %s', async (to, end) => {
  expect(await (await env.start(trip, { input: to })).result()).toBe(end);
});

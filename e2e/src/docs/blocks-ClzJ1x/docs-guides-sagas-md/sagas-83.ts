import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { trip, type TripActivities } from './trip.js';

it('says what could not be undone', async () => {
  const never = () => {
    throw Object.assign(new Error('closed on Sundays'), { nonRetryable: true });
  };
  const env = createTestEnvironment<TripActivities>({ workflows: [trip], activities: { bookFlight: never, cancelFlight: never } });
  await expect((await env.start(trip, { input: 't1' })).result()).rejects.toMatchObject({
    failure: { type: 'CompensationFailedError', details: [{ compensation: 'cancel the flight' }], cause: { message: expect.stringContaining('closed on Sundays') } },
  });
});

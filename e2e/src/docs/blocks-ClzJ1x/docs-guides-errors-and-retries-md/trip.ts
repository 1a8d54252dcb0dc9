// trip.ts
import { ActivityFailedError, ActivityTimedOutError, isFailure, workflow } from '@marathon/workflow';
import type { TravelActivities } from './travel.activities.js';

export const trip = workflow('trip', async (ctx, to: string) => {
  const { findSeat, bookSeat } = ctx.activities<TravelActivities>({
    startToCloseTimeout: '20s',
    retry: { initialInterval: '1s', attemptsMax: 5, nonRetryableErrors: ['NoSuchPlace'] },
  });

  const seat = await findSeat(to);
  if (isFailure(seat, 'FullyBooked')) return `no seat before ${seat.details.until}`;

  try {
    return await bookSeat({ to, seat: seat.number }, { scheduleToCloseTimeout: '1h', retry: { attemptsMax: 100 } });
  } catch (error) {
    if (error instanceof ActivityTimedOutError) return 'no answer';
    if (error instanceof ActivityFailedError && error.failure.type === 'NoSuchPlace') return 'no such place';
    throw error; // the run fails, and a cancellation passes
  }
});

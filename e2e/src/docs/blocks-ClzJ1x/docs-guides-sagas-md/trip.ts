// trip.ts
import { workflow } from '@marathon/workflow';

export interface TripActivities {
  bookFlight(trip: string): Promise<{ readonly flight: string }>;
  cancelFlight(trip: string): Promise<void>;
  bookHotel(trip: string): Promise<void>;
  cancelHotel(trip: string): Promise<void>;
  charge(trip: string): Promise<void>;
}

export const trip = workflow('trip', async (ctx, id: string) => {
  const activities = ctx.activities<TripActivities>({ retry: { attemptsMax: 3 } });
  return ctx.saga(async (saga) => {
    saga.compensate('cancel the flight', () => activities.cancelFlight(id));
    const { flight } = await activities.bookFlight(id);
    saga.compensate('cancel the hotel', () => activities.cancelHotel(id));
    await activities.bookHotel(id);
    await activities.charge(id);
    return flight;
  });
});

// delivery.ts
import { ActivityFailedError, workflow } from '@marathon/workflow';

export interface CourierActivities {
  book(to: string): Promise<{ readonly trackingCode: string }>;
}

export const delivery = workflow('delivery', async (ctx, to: string) => {
  const { book } = ctx.activities<CourierActivities>({ retry: { attemptsMax: 3, nonRetryableErrors: ['NoSuchPlace'] } });
  try {
    return await book(to);
  } catch (error) {
    if (error instanceof ActivityFailedError && error.failure.type === 'NoSuchPlace') return error.failure.details;
    throw new Error('the parcel could not be sent', { cause: error });
  }
});

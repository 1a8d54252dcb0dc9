// parcel.ts
import { Activity, activityContext } from '@marathon/activity';
import { workflow } from '@marathon/workflow';

/** Where the carrier would be told. */
export const carrier = { token: '' };

export class ParcelActivities {
  @Activity()
  async ship(_parcel: { readonly to: string }): Promise<{ readonly signedBy: string }> {
    carrier.token = activityContext().token;
    return activityContext().completeLater();
  }
}

export const parcel = workflow('parcel', async (ctx, to: string) => {
  const { ship } = ctx.activities<ParcelActivities>({ startToCloseTimeout: '30d' });
  return (await ship({ to })).signedBy;
});

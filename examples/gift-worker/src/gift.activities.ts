import { Activity, ActivityError, activityContext } from '@marathon/activity';
import { Injectable } from '@nestjs/common';

export interface Gift {
  readonly what: string;
  readonly note?: string;
}

@Injectable()
export class GiftActivities {
  /** The parcel has the same number at every attempt. */
  @Activity('wrap-gift')
  async wrap({ what, note }: Gift): Promise<{ readonly parcel: string; readonly label: string }> {
    const { idempotencyKey } = activityContext();
    if (what === '') throw new ActivityError('NothingToWrap', 'there is no gift', { nonRetryable: true });
    return { parcel: `parcel-${idempotencyKey}`, label: note ?? 'with love' };
  }
}

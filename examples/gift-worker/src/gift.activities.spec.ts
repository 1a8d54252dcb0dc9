import { describe, expect, it } from '@jest/globals';
import { type ActivityContext, runInActivityContext } from '@marathon/activity';
import { type Gift, GiftActivities } from './gift.activities.js';

const wrap = (gift: Gift) => runInActivityContext({ idempotencyKey: 'run-7:2' } as ActivityContext, () => new GiftActivities().wrap(gift));

describe('wrap-gift', () => {
  it('gives the parcel a number that is the same at every attempt', async () => {
    expect(await wrap({ what: 'tea' })).toEqual({ parcel: 'parcel-run-7:2', label: 'with love' });
    expect(await wrap({ what: 'tea', note: 'to Ada' })).toEqual({ parcel: 'parcel-run-7:2', label: 'to Ada' });
  });

  it('fails for good when there is nothing to wrap', async () => {
    await expect(wrap({ what: '' })).rejects.toMatchObject({ type: 'NothingToWrap', nonRetryable: true });
  });
});

import { expect, it } from '@jest/globals';
import type { ActivityDefinition } from '@marathon/core';
import { Activity, activityNameOf } from './activity.decorator.js';

interface Order {
  readonly sku: string;
}

const charge: ActivityDefinition<Order, { readonly receipt: string }> = { kind: 'activity', name: 'charge-card' };
const rates: ActivityDefinition<void, readonly number[]> = { kind: 'activity', name: 'rates' };

class Payments {
  @Activity(charge)
  async chargeCard({ sku }: Order): Promise<{ receipt: string }> {
    return { receipt: sku };
  }

  @Activity(rates)
  async rates(): Promise<number[]> {
    return [];
  }

  // @ts-expect-error the input is another one
  @Activity(charge)
  async chargeNumber(number: number): Promise<{ receipt: string }> {
    return { receipt: `${number}` };
  }

  // @ts-expect-error the result is another one
  @Activity(charge)
  async chargeNothing(_: Order): Promise<number> {
    return 0;
  }
}

it('takes the name and the types of a definition', () => {
  expect([Payments.prototype.chargeCard, Payments.prototype.rates].map(activityNameOf)).toEqual(['charge-card', 'rates']);
});

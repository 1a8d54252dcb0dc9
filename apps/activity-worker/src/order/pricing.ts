import { Injectable } from '@nestjs/common';
import type { OrderItem } from './order.js';

/** What things cost. Pure, and known to nothing but its callers. */
@Injectable()
export class Pricing {
  totalCents(items: readonly OrderItem[]): number {
    return items.reduce((total, { quantity, unitPriceCents }) => total + quantity * unitPriceCents, 0);
  }

  inEuros(cents: number): string {
    return `${(cents / 100).toFixed(2)} EUR`;
  }
}

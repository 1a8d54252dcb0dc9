import { Module } from '@nestjs/common';
import { OrderActivities } from './order.activities.js';
import { Pricing } from './pricing.js';

/** An application imports it beside `ActivityWorkerModule`, and its worker knows the activities of `order`. */
@Module({ providers: [OrderActivities, Pricing] })
export class OrderActivitiesModule {}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Activity, ActivityWorker } from '@marathon/activity';
import {
  type ActivityFinishedMessage,
  type Clock,
  encodePayload,
  type Failure,
  type Payload,
  runId,
  type TaskMessage,
} from '@marathon/core';
import { CLOCK, HostModule, ServiceGroup } from '@marathon/host';
import { InProcessStream } from '@marathon/memory';
import { decodeMessage, encodeMessage, workflowTopic } from '@marathon/protocol';
import { type INestApplicationContext, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ActivityWorkerAppModule } from './activity-worker-app.module.js';
import type { Order } from './order/order.js';
import { OrderActivitiesModule } from './order/order-activities.module.js';

@Injectable()
class GiftActivities {
  @Activity('wrap-gift')
  async wrap(what: string): Promise<string> {
    return `wrapped ${what}`;
  }
}

@Module({ providers: [GiftActivities] })
class GiftModule {}

/** The application as `main.ts` puts it together, and an owner who sends it tasks. */
async function startApplication() {
  const stream = new InProcessStream({ partitionsOf: () => 1 });
  @Module({
    imports: [
      HostModule.forRoot({ stream }),
      ActivityWorkerAppModule.forRoot({ worker: { identity: 'worker-1' }, activities: [OrderActivitiesModule, GiftModule] }),
    ],
    providers: [
      {
        provide: ServiceGroup,
        inject: [CLOCK, ActivityWorker],
        useFactory: (clock: Clock, worker: ActivityWorker) =>
          new ServiceGroup(clock, [
            { name: 'stream', service: stream },
            { name: 'activity worker', service: worker },
          ]),
      },
    ],
  })
  class Application {}
  const application = await NestFactory.createApplicationContext(Application, { logger: false });
  await application.get(ServiceGroup).start();

  const finished: ((message: ActivityFinishedMessage) => void)[] = [];
  await stream
    .tail({
      topic: workflowTopic('default'),
      onMessages: (messages) => {
        for (const message of messages.map(decodeMessage)) if (message.kind === 'activity-finished') finished.shift()?.(message);
      },
    })
    .start();
  return {
    application,
    /** Runs one attempt, and gives its result or failure. */
    run: async (activity: string, input: unknown, attempt = 1): Promise<unknown> => {
      const outcome = new Promise<ActivityFinishedMessage>((resolve) => finished.push(resolve));
      await stream.publish([encodeMessage(taskOf(activity, input, attempt))]);
      const message = await outcome;
      if (message.outcome === 'completed') return JSON.parse(message.result ?? 'null');
      return 'failure' in message ? message.failure : message;
    },
  };
}

const taskOf = (activity: string, input: unknown, attempt: number): TaskMessage => ({
  kind: 'activity-task',
  taskQueue: 'default',
  runId: runId('00000000-0000-7000-8000-000000000001'),
  activitySeq: ['reserve-stock', 'charge-card', 'send-receipt', 'wrap-gift'].indexOf(activity) + 2,
  attempt,
  activity,
  workflow: 'order',
  workflowId: 'order-7',
  input: encodePayload(input) as Payload,
  startToCloseTimeoutMs: 10_000,
  announceAtOnce: false,
  replyTo: { taskQueue: 'default', partition: 0 },
});

const order: Order = { orderId: '7', email: 'ada@example.com', items: [{ sku: 'tea', quantity: 2, unitPriceCents: 450 }] };

describe('the activity worker as an application', () => {
  let world: Awaited<ReturnType<typeof startApplication>>;
  let application: INestApplicationContext;

  beforeEach(async () => {
    world = await startApplication();
    ({ application } = world);
  });

  afterEach(() => application.close());

  it('runs the activities of an order, the card at its second attempt', async () => {
    expect(await world.run('reserve-stock', order)).toEqual({ reservationId: 'reservation-7', totalCents: 900 });

    const failure = (await world.run('charge-card', { orderId: '7', amountCents: 900 })) as Failure;
    expect(failure).toEqual({ type: 'CardNetworkUnavailable', message: 'the card network did not answer' });
    const payment = { paymentId: 'payment-00000000-0000-7000-8000-000000000001:3', amountCents: 900 };
    expect(await world.run('charge-card', { orderId: '7', amountCents: 900 }, 2)).toEqual(payment);

    const receipt = await world.run('send-receipt', { orderId: '7', email: order.email, ...payment });
    expect(receipt).toEqual({ sentTo: 'ada@example.com', text: `Order 7: 9.00 EUR, ${payment.paymentId}` });
  });

  it('fails an empty order for good', async () => {
    expect(await world.run('reserve-stock', { ...order, items: [] })).toMatchObject({ type: 'EmptyOrder', nonRetryable: true });
  });

  it('knows the activities of other modules as well', async () => {
    expect(await world.run('wrap-gift', 'tea')).toBe('wrapped tea');
  });
});

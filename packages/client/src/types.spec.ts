import { describe, expect, it } from '@jest/globals';
import type { QueryDefinition, SignalDefinition, UpdateDefinition, WorkflowContext, WorkflowDefinition } from '@marathon/core';
import { MarathonClient } from './marathon-client.js';

// The compiler is the test: `tsc` fails where an error that is expected here does not come. Nothing of it is run.

interface Order {
  readonly sku: string;
}

declare const order: WorkflowDefinition<Order, { readonly paymentId: string }>;
declare const ping: WorkflowDefinition;
declare const approve: SignalDefinition<{ readonly by: string }>;
declare const progress: QueryDefinition<void, { readonly done: number }>;
declare const above: QueryDefinition<{ readonly limit: number }, readonly number[]>;
declare const addLine: UpdateDefinition<Order, number>;
declare const wake: SignalDefinition<void>;

class OrderWorkflow {
  constructor(private readonly prefix: string) {}
  async run(_ctx: WorkflowContext, input: Order): Promise<number> {
    return this.prefix.length + input.sku.length;
  }
}

class NightlyWorkflow {
  async run(ctx: WorkflowContext): Promise<string> {
    return ctx.runId;
  }
}

const client = new MarathonClient({ url: 'http://127.0.0.1:1' });

const starts = async (): Promise<void> => {
  await client.start(order, { input: { sku: 'tea' } });
  // @ts-expect-error the input is another one
  await client.start(order, { input: { sku: 7 } });
  await client.start(order, {
    // @ts-expect-error it is said of the field that is wrong, and of no overload that does not fit
    input: { sku: 7 },
  });
  // @ts-expect-error an order needs an input
  await client.start(order, { workflowId: 'order-1' });
  // @ts-expect-error an order needs an input
  await client.start(order);
  // @ts-expect-error there is no such option
  await client.start(order, { input: { sku: 'tea' }, workflowID: 'order-1' });
  // @ts-expect-error a minute is written 1m
  await client.start(order, { input: { sku: 'tea' }, runTimeout: '1 minute' });

  await client.start<typeof order>('order', { input: { sku: 'tea' } });
  // @ts-expect-error the input is another one
  await client.start<typeof order>('order', { input: 'tea' });
  await client.start<OrderWorkflow>('order', { input: { sku: 'tea' } });
  // @ts-expect-error the input is another one
  await client.start<OrderWorkflow>('order', { input: {} });
  // @ts-expect-error a class is called otherwise than its workflow
  await client.start(OrderWorkflow, { input: { sku: 'tea' } });

  await client.start(ping);
  await client.start<NightlyWorkflow>('nightly');
  await client.start('anything', { input: 7 });
  await client.start('anything');
};

const results = async (): Promise<void> => {
  const { paymentId } = await (await client.start(order, { input: { sku: 'tea' } })).result();
  paymentId satisfies string;
  (await (await client.start<OrderWorkflow>('order', { input: { sku: 'tea' } })).result()) satisfies number;
  const byId = await client.workflow(order, 'order-1').result({ timeout: '1m' });
  // @ts-expect-error an order has no such result
  byId.price;
  const unknown = await client.workflow('order', 'order-1').result();
  // @ts-expect-error of an unknown workflow nothing is known
  unknown.paymentId;
  (await client.start(ping)).runId satisfies string;
};

const signals = async (): Promise<void> => {
  const handle = client.workflow(order, 'order-1');
  await handle.signal(approve, { by: 'ada' });
  // @ts-expect-error the payload is another one
  await handle.signal(approve, { by: 7 });
  // @ts-expect-error the payload is missing
  await handle.signal(approve);
  await handle.signal(wake);
  await handle.signal(wake, undefined, { idempotencyKey: 'k' });
  // @ts-expect-error there is nothing to send
  await handle.signal(wake, { by: 'ada' });
  await handle.signal<typeof approve>('approve', { by: 'ada' });
  // @ts-expect-error the payload is another one
  await handle.signal<typeof approve>('approve', {});
  await handle.signal('anything', 7);
  await handle.signal('anything');
};

const queries = async (): Promise<void> => {
  const handle = client.workflow(order, 'order-1');
  (await handle.query(progress)).done satisfies number;
  (await handle.query(above, { limit: 2 })) satisfies readonly number[];
  // @ts-expect-error the input is missing
  await handle.query(above);
  // @ts-expect-error the input is another one
  await handle.query(above, { limit: '2' });
  // @ts-expect-error the answer has no such part
  (await handle.query(progress)).total;
  (await handle.query<typeof above>('above', { limit: 2 })) satisfies readonly number[];
  // @ts-expect-error of an unknown query nothing is known
  (await handle.query('anything')).done;
};

const updates = async (): Promise<void> => {
  const handle = client.workflow(order, 'order-1');
  (await handle.update(addLine, { sku: 'tea' })) satisfies number;
  // @ts-expect-error the input is another one
  await handle.update(addLine, { sku: 7 });
  // @ts-expect-error of an unknown update nothing is known
  (await handle.update('anything')).done;
};

describe('types from the definition', () => {
  it('are checked by the compiler', () => expect([starts, results, signals, queries, updates]).toHaveLength(5));
});

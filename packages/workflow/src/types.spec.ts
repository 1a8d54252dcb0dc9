import { describe, expect, it } from '@jest/globals';
import type { BusinessFailure, Schema, WorkflowContext, WorkflowDefinition } from '@marathon/core';
import { isFailure } from '@marathon/core';
import { activity, query, signal, update } from './interactions.js';
import { workflow } from './workflow.js';

// The compiler is the test: `tsc` fails where an error that is expected here does not come. Nothing of it is run.

interface Order {
  readonly sku: string;
}
type Charged = { readonly receipt: string } | BusinessFailure<'CardDeclined', { readonly reason: string }> | BusinessFailure<'NoAccount'>;

interface Payments {
  charge(order: Order): Promise<Charged>;
  rates(): Promise<readonly number[]>;
}

const OrderSchema = {} as Schema<Order>;
const ChargedSchema = {} as Schema<Charged>;
declare const ship: WorkflowDefinition<Order, { readonly trackingCode: string }>;
declare const nightly: WorkflowDefinition<undefined, number>;

const approve = signal('approve', {} as Schema<{ readonly by: string }>);
const wake = signal('wake');
const total = query<number>('total');
const addLine = update<number, Order>('add-line');
const charge = activity('charge', { input: OrderSchema, result: ChargedSchema });
const refund = activity<void, { readonly receipt: string }>('refund');
const rates = activity<readonly number[]>('rates');

const activities = async (ctx: WorkflowContext): Promise<string> => {
  // @ts-expect-error no such activity
  ctx.activities<Payments>().chargeBack;
  // @ts-expect-error the input is another one
  await ctx.activities<Payments>().charge({ sku: 7 });
  // @ts-expect-error the input is missing
  await ctx.activities<Payments>().charge();

  // @ts-expect-error the input is another one
  await ctx.activity(charge, { sku: 7 });
  // @ts-expect-error the input is missing
  await ctx.activity(charge);
  // @ts-expect-error no such option
  await ctx.activity(charge, { sku: 'tea' }, { startToClose: '1m' });
  // @ts-expect-error the input is another one
  await ctx.activity(refund, { sku: 'tea' });
  // @ts-expect-error it has no input
  await ctx.activity(rates, 7);
  (await ctx.activity(rates)) satisfies readonly number[];
  (await ctx.activity(rates, undefined, { taskQueue: 'slow' })) satisfies readonly number[];
  (await ctx.activity('anything', 7)) satisfies unknown;

  const charged = await ctx.activity(charge, { sku: 'tea' }, { taskQueue: 'payments' });
  // @ts-expect-error the failures are not handled
  charged.receipt;
  // @ts-expect-error no such failure
  isFailure(charged, 'CardLost');
  if (isFailure(charged, 'CardDeclined')) return charged.details.reason;
  // @ts-expect-error one of two failures is not handled
  charged.receipt;
  if (isFailure(charged)) return charged.type satisfies 'NoAccount';
  return charged.receipt;
};

const maps = async (ctx: WorkflowContext): Promise<void> => {
  const charged = await ctx.map([{ sku: 'tea' }], charge, { concurrency: 2 });
  charged satisfies readonly Charged[];
  // @ts-expect-error the failures are not handled
  charged[0]?.receipt;
  // @ts-expect-error the items are other ones
  await ctx.map([{ sku: 7 }], charge);
  await ctx.map([{ receipt: 'r-1' }], refund);
  // @ts-expect-error it has no input
  await ctx.map([7], rates);
  const [settled] = await ctx.map([{ sku: 'tea' }], charge, { settle: true });
  if (settled?.ok) settled.value satisfies Charged;
  else settled?.failure.message satisfies string | undefined;
  // @ts-expect-error a map stands in no line
  await ctx.map([{ sku: 'tea' }], charge, { priority: 1 });

  const proxies = ctx.activities<Payments>({ startToCloseTimeout: '1m' });
  (await ctx.map([{ sku: 'tea' }], proxies.charge)) satisfies readonly Charged[];
  // @ts-expect-error the items are other ones
  await ctx.map([{ sku: 7 }], proxies.charge);
  (await ctx.map([undefined], proxies.rates)) satisfies readonly (readonly number[])[];
  const [outcome] = await ctx.map([{ sku: 'tea' }], proxies.charge, { settle: true });
  if (outcome?.ok) outcome.value satisfies Charged;
  (await ctx.map<number>([1, 'two'], 'anything')) satisfies readonly number[];
  // @ts-expect-error a query is no activity
  await ctx.map([1], total);
};

const interactions = async (ctx: WorkflowContext): Promise<void> => {
  (await ctx.waitForSignal(approve)).by satisfies string;
  // @ts-expect-error the payload has no such part
  (await ctx.waitForSignal(approve)).at;
  ctx.onSignal(approve, ({ by }) => void by.length);
  // @ts-expect-error the payload is another one
  ctx.onSignal(approve, (by: string) => void by.length);
  ctx.onQuery(total, () => 7);
  // @ts-expect-error the answer is another one
  ctx.onQuery(total, () => '7');
  // @ts-expect-error an answer is given at once
  ctx.onQuery(total, async () => 7);
  ctx.onUpdate(addLine, async ({ sku }) => sku.length);
  // @ts-expect-error the input is another one
  ctx.onUpdate(addLine, (line: number) => line);
  // @ts-expect-error the answer is another one
  ctx.onUpdate(addLine, ({ sku }) => sku);
  // @ts-expect-error a query is no signal
  await ctx.waitForSignal(total);
};

const others = async (ctx: WorkflowContext): Promise<void> => {
  (await ctx.child(ship, { input: { sku: 'tea' } })).trackingCode satisfies string;
  // @ts-expect-error the input is another one
  await ctx.child(ship, { input: { sku: 7 } });
  // @ts-expect-error the input is missing
  await ctx.child(ship);
  // @ts-expect-error the result has no such part
  (await ctx.child(ship, { input: { sku: 'tea' } })).price;
  await ctx.child(nightly);
  const other = ctx.handle('order-1');
  await other.signal(approve, { by: 'ada' });
  // @ts-expect-error the payload is another one
  await other.signal(approve, { by: 7 });
  // @ts-expect-error the payload is missing
  await other.signal(approve);
  await other.signal(wake);
  // @ts-expect-error there is nothing to send
  await other.signal(wake, 7);
};

type Optional = WorkflowDefinition<Order | undefined, string>;

const definitions = (): void => {
  workflow('order', async (_, { sku }: Order = { sku: 'tea' }) => sku) satisfies Optional;
  workflow('order', { queries: [total] }, async (_, { sku }: Order = { sku: 'tea' }) => sku) satisfies Optional;
  workflow('order', async (_, order?: Order) => order?.sku ?? '') satisfies Optional;
  workflow('order', async (_, { sku }: Order) => sku) satisfies WorkflowDefinition<Order, string>;
  // @ts-expect-error the input may not be left out
  workflow('order', async (_, { sku }: Order) => sku) satisfies Optional;
  workflow('order', async (ctx) => ctx.workflowId) satisfies WorkflowDefinition<unknown, string>;
  workflow<Order, string>('order', async (_, { sku }) => sku) satisfies WorkflowDefinition<Order, string>;
  workflow('order', { input: OrderSchema, signals: [approve], queries: [total], updates: [addLine] }, async (_, { sku }) => sku.length);
  // @ts-expect-error the function takes another input than the schema says
  workflow('order', { input: OrderSchema }, async (_, { id }) => id);
  // @ts-expect-error a signal is no query
  workflow('order', { queries: [approve] }, async () => 1);
  // @ts-expect-error a workflow is asynchronous
  workflow('order', () => 1);
};

describe('types of workflow code', () => {
  it('are checked by the compiler', () => expect([activities, maps, interactions, others, definitions]).toHaveLength(5));
});

import { expect, it } from '@jest/globals';
import type { Schema, WorkflowDefinition } from '@marathon/core';
import { signal } from './interactions.js';
import { workflow } from './workflow.js';

interface Order {
  readonly sku: string;
}
const approve = signal('approve');
const OrderSchema = {} as Schema<Order>;

it('takes the types of a definition from its schema, or from its function', () => {
  const bySchema = workflow('order', { input: OrderSchema, signals: [approve] }, async (_ctx, { sku }) => sku);
  const byType = workflow('order', { signals: [approve] }, async (_ctx, { sku }: Order) => sku);
  const bare = workflow('order', async (_ctx, { sku }: Order) => sku);
  expect([bySchema, byType, bare] satisfies WorkflowDefinition<Order, string>[]).toHaveLength(3);
  // @ts-expect-error the function takes another input than the schema says
  workflow('order', { input: OrderSchema }, async (_ctx, input: number) => input);
});

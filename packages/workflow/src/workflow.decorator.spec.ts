import { describe, expect, it } from '@jest/globals';
import type { Schema, WorkflowContext, WorkflowDefinition } from '@marathon/core';
import { signal } from './interactions.js';
import { Workflow, type WorkflowReference, workflowOf } from './workflow.decorator.js';

interface Order {
  readonly sku: string;
}
const approve = signal<{ readonly by: string }>('approve');
const OrderSchema = {} as Schema<Order>;

@Workflow('order', { input: OrderSchema, signals: [approve] })
class OrderWorkflow {
  constructor(private readonly prefix: string) {}

  async run(_ctx: WorkflowContext, { sku }: Order): Promise<string> {
    return this.prefix + sku;
  }
}

/** Checked by the compiler alone. */
export const misfits = () => {
  // @ts-expect-error the code takes another input than the contract says
  @Workflow('other', { input: OrderSchema })
  class OtherInput {
    async run(_ctx: WorkflowContext, input: number): Promise<number> {
      return input;
    }
  }
  // @ts-expect-error a workflow gives a promise
  @Workflow('synchronous')
  class Synchronous {
    run(): number {
      return 1;
    }
  }
  // @ts-expect-error there is nothing to run
  @Workflow('nothing')
  class Nothing {}
  return [OtherInput, Synchronous, Nothing];
};

describe('workflowOf', () => {
  it('gives the name, the contract and the types of a class', () => {
    const reference = workflowOf(OrderWorkflow) satisfies WorkflowReference<Order, string>;
    expect(reference).toEqual({ name: 'order', input: OrderSchema, signals: [approve] });
  });

  it('gives the workflow that an instance is', async () => {
    const { run, ...contract } = workflowOf(new OrderWorkflow('from ')) satisfies WorkflowDefinition<Order, string>;
    expect(await run({} as WorkflowContext, { sku: 'tea' })).toBe('from tea');
    expect(contract).toEqual(workflowOf(OrderWorkflow));
  });

  it('knows nothing of a class that says nothing of itself', () => {
    class MoreThanOrder extends OrderWorkflow {}
    expect(() => workflowOf(MoreThanOrder)).toThrow('MoreThanOrder has no @Workflow() of its own');
    expect(() => workflowOf(new MoreThanOrder(''))).toThrow(expect.objectContaining({ code: 'MARATHON_WORKFLOW_REGISTRATION_INVALID' }));
  });
});

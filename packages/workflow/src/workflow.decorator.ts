import type { WorkflowContext, WorkflowContract, WorkflowDefinition, WorkflowFunction } from '@marathon/core';
import { WorkflowRegistrationError } from './workflow.errors.js';

/** A class whose instances are workflows; what its constructor takes is injected. */
export type WorkflowClass<Input, Output> = abstract new (...services: never[]) => WorkflowInstance<Input, Output>;

/** What a class with `@Workflow()` has. */
export interface WorkflowInstance<Input, Output> {
  readonly run: WorkflowFunction<Input, Output>;
}

/** A workflow's name and contract, with its types: what a client needs, without the code. */
export interface WorkflowReference<Input = unknown, Output = unknown> extends WorkflowContract<Input> {
  readonly name: string;
  /** Exists in types only. */
  readonly run?: (context: WorkflowContext, input: Input) => Promise<Output>;
}

const key: unique symbol = Symbol.for('marathon.workflow');

/**
 * Makes a provider a workflow that clients start by `name`: its method `run` is the deterministic function. The services that are
 * injected into it run under the same rules as its own code: pure ones compute, others throw where they are called.
 *
 * ```ts
 * \@Workflow('order')
 * export class OrderWorkflow {
 *   constructor(private readonly pricing: PricingService) {}
 *   async run(ctx: WorkflowContext, input: Order) { … }
 * }
 * ```
 *
 * One instance serves all runs: what belongs to a run stays in variables of `run`.
 */
export function Workflow<Input = never>(name: string, contract: WorkflowContract<Input> = {}) {
  return (type: WorkflowClass<NoInfer<Input>, unknown>): void => {
    Object.defineProperty(type, key, { value: { ...contract, name } });
  };
}

/**
 * Of a class with `@Workflow()`: its name and types, for clients. Of an instance: the workflow, for tests and whatever runs it.
 * @throws WorkflowRegistrationError when the class has no `@Workflow()` of its own
 */
export function workflowOf<Input, Output>(type: WorkflowClass<Input, Output>): WorkflowReference<Input, Output>;
export function workflowOf<Input, Output>(instance: WorkflowInstance<Input, Output>): WorkflowDefinition<Input, Output>;
export function workflowOf<Input, Output>(
  subject: WorkflowClass<Input, Output> | WorkflowInstance<Input, Output>,
): WorkflowReference<Input, Output> {
  if (typeof subject === 'function') return referenceOf(subject);
  const type = subject.constructor;
  // Builds are told apart by the sources of their functions, which a bound one does not show.
  const run = Object.assign(subject.run.bind(subject), { toString: () => String(type) });
  return { ...referenceOf(type), run };
}

/** Whether the class has a `@Workflow()` of its own. */
export const isWorkflowClass = (type: unknown): boolean => typeof type === 'function' && Object.hasOwn(type, key);

function referenceOf(type: object): { readonly name: string } {
  if (Object.hasOwn(type, key)) return (type as { readonly [key]: { readonly name: string } })[key];
  throw new WorkflowRegistrationError(`${(type as { readonly name?: string }).name ?? 'an object'} has no @Workflow() of its own`);
}

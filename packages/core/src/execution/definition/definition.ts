import type { LimitCallOptions } from '../context/limit-call.js';
import type { WorkflowContext } from '../context/workflow-context.js';
import type { AnyQueryDefinition, AnySignalDefinition, AnyUpdateDefinition } from './interactions.js';
import type { Schema } from './schema.js';

/**
 * A workflow as its author wrote it: a name and a deterministic async function. `Input` and `Output` flow from here to the
 * client and to tests.
 */
export interface WorkflowDefinition<Input = unknown, Output = unknown> extends WorkflowContract<Input> {
  readonly name: string;
  readonly run: WorkflowFunction<Input, Output>;
}

/**
 * What a workflow says of itself besides its code: gateways refuse what does not fit, and tell what there is. A list is the whole of it.
 * A start may state other limits, which go before these.
 */
export interface WorkflowContract<Input = unknown> extends LimitCallOptions {
  /** What an input must fit. Default: anything. */
  readonly input?: Schema<Input>;
  /** Whose payloads are checked; signals of other names are kept all the same. */
  readonly signals?: readonly AnySignalDefinition[];
  /** Default: whatever the code registers. */
  readonly queries?: readonly AnyQueryDefinition[];
  /** Default: whatever the code registers. */
  readonly updates?: readonly AnyUpdateDefinition[];
}

export type WorkflowFunction<Input, Output> = (context: WorkflowContext, input: Input) => Promise<Output>;

/** Any definition, whatever its types: for lists of them. */
// biome-ignore lint/suspicious/noExplicitAny: a function's input is contravariant, so no narrower type holds all definitions.
export type AnyWorkflowDefinition = WorkflowDefinition<any, unknown>;

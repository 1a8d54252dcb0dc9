import type { WorkflowContext } from './workflow-context.js';

/**
 * A workflow as its author wrote it: a name and a deterministic async function. `Input` and `Output` flow from here to the
 * client and to tests.
 */
export interface WorkflowDefinition<Input = unknown, Output = unknown> {
  readonly name: string;
  readonly run: WorkflowFunction<Input, Output>;
}

export type WorkflowFunction<Input, Output> = (context: WorkflowContext, input: Input) => Promise<Output>;

/** Any definition, whatever its types: for lists of them. */
// biome-ignore lint/suspicious/noExplicitAny: a function's input is contravariant, so no narrower type holds all definitions.
export type AnyWorkflowDefinition = WorkflowDefinition<any, unknown>;

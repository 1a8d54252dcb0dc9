import type { WorkflowContext, WorkflowContract, WorkflowDefinition, WorkflowFunction } from '@marathon/core';

/**
 * Defines a workflow: a name, under which clients start it, and a deterministic async function. Everything it awaits comes from
 * its context, so that the function can be run again from its history after a crash.
 *
 * ```ts
 * export const greet = workflow('greet', async (ctx, name: string) => {
 *   await ctx.sleep('1s');
 *   return ctx.activity<string>('say-hello', name);
 * });
 * ```
 *
 * A contract names what can be sent to its runs. With schemas, what does not fit is refused before it is accepted.
 */
export function workflow<Input, Output, Given extends readonly [input?: unknown] = [input: Input]>(
  name: string,
  run: (context: WorkflowContext, ...input: Given) => Promise<Output>,
): WorkflowDefinition<InputOf<Given>, Output>;
export function workflow<Input, Output, Given extends readonly [input?: unknown] = [input: Input]>(
  name: string,
  contract: Omit<WorkflowContract, 'input'> & { readonly input?: never },
  run: (context: WorkflowContext, ...input: Given) => Promise<Output>,
): WorkflowDefinition<InputOf<Given>, Output>;
export function workflow<Input, Output>(
  name: string,
  contract: WorkflowContract<Input>,
  run: WorkflowFunction<NoInfer<Input>, Output>,
): WorkflowDefinition<Input, Output>;
export function workflow<Input, Output>(
  name: string,
  ...rest: [WorkflowFunction<Input, Output>] | [WorkflowContract<Input>, WorkflowFunction<Input, Output>]
): WorkflowDefinition<Input, Output> {
  const [contract, run] = rest.length === 1 ? [{}, rest[0]] : rest;
  return { ...contract, name, run };
}

/** Of a function's parameters behind the context: what has a default may be left out, what is not there may be anything. */
type InputOf<Given extends readonly [input?: unknown]> = Given extends readonly [] ? unknown : Given[0];

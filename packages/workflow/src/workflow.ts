import type { WorkflowContract, WorkflowDefinition, WorkflowFunction } from '@marathon/core';

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
export function workflow<Input, Output>(name: string, run: WorkflowFunction<Input, Output>): WorkflowDefinition<Input, Output>;
export function workflow<Input, Output>(
  name: string,
  contract: Omit<WorkflowContract, 'input'> & { readonly input?: never },
  run: WorkflowFunction<Input, Output>,
): WorkflowDefinition<Input, Output>;
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

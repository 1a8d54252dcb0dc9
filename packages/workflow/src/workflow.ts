import type { WorkflowDefinition, WorkflowFunction } from '@marathon/core';

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
 */
export function workflow<Input, Output>(name: string, run: WorkflowFunction<Input, Output>): WorkflowDefinition<Input, Output> {
  return { name, run };
}

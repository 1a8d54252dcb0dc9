// greeting.ts
import { workflow } from '@marathon/workflow';

export const greeting = workflow('greeting', async (ctx, name: string) => {
  await ctx.waitForSignal('go');
  return `hello, ${name}`;
});

import { type AnyWorkflowDefinition, workflow } from '@marathon/workflow';

/** Code as it should not be: each harms nobody but its own run. */
export const hostileWorkflows: readonly AnyWorkflowDefinition[] = [
  /** Holds the process until its watchdog ends it. */
  workflow('hostile.endless', async (ctx) => {
    await ctx.sleep(1);
    for (;;);
  }),

  workflow('hostile.unhandled-rejection', async (ctx) => {
    await ctx.sleep(1);
    void Promise.reject(new RangeError('nobody looks'));
    await ctx.sleep('1h');
  }),

  workflow('hostile.foreign-await', async (ctx) => {
    await ctx.sleep(1);
    await new Promise(() => {});
  }),
];

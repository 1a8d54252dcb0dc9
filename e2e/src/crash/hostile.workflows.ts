import { type AnyWorkflowDefinition, update, workflow } from '@marathon/workflow';

const knock = update<void>('knock');

/** A library with a life of its own, which is stuck in one process. */
const connections: (() => void)[] = [];
const connected = (stuckPid: number): Promise<void> =>
  new Promise((resolve) => {
    if (process.pid !== stuckPid) connections.push(resolve);
  });
setInterval(() => {
  for (const connect of connections.splice(0)) connect();
}, 50).unref();

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

  /** Its handler could settle what it awaits, for all that the engine knows. */
  workflow('hostile.library', async (ctx, stuckPid: number) => {
    ctx.onUpdate(knock, () => {});
    await ctx.sleep(1);
    await connected(stuckPid);
    return ctx.random();
  }),
];

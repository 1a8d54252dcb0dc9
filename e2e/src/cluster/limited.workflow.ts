import { workflow } from '@marathon/workflow';

/** So many activities at once, of which two are done at a time, over all runs. Each is seen from outside. */
export const limitedWorkflow = workflow(
  'cluster.limited',
  (ctx, { count, durationMs }: { readonly count: number; readonly durationMs: number }) => {
    const limited = { concurrency: { key: 'cluster.limited', limit: 2 } };
    return Promise.all(Array.from({ length: count }, () => ctx.activity('cluster.witnessed', durationMs, limited)));
  },
);

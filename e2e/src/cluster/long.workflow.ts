import { workflow } from '@marathon/workflow';

/** One activity that takes a while, and how often each of its attempts was begun is written down outside of the system. */
export const longWorkflow = workflow('cluster.long', (ctx, { durationMs }: { durationMs: number }) =>
  ctx.activity('cluster.long', { durationMs }, { startToCloseTimeout: '5m', retry: { attemptsMax: 5 } }),
);

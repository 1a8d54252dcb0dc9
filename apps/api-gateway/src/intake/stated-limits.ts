import { durationMs, type LimitOptions } from '@marathon/core';
import type { StartWorkflowRequest } from '@marathon/protocol';

/** What a start says of the limits of its run, as it is recorded. */
export const limitsOf = ({ concurrency, rateLimit, priority, fairnessKey }: StartWorkflowRequest): LimitOptions => ({
  ...(concurrency && { concurrency }),
  ...(rateLimit && { rateLimit: rateOf(rateLimit) }),
  ...(priority !== undefined && { priority }),
  ...(fairnessKey !== undefined && { fairnessKey }),
});

const rateOf = ({ key, limit, per }: NonNullable<StartWorkflowRequest['rateLimit']>): NonNullable<LimitOptions['rateLimit']> => ({
  ...(key !== undefined && { key }),
  limit,
  perMs: durationMs(per),
});

import type { Failure } from '../failure.js';
import type { RetryPolicy } from './activity-options.js';

/** When the next attempt may begin after attempt `attempt` failed at `nowMs`, or nothing when there is none: all are over by `closesAtMs`. */
export function nextAttemptAtMs(
  retry: RetryPolicy,
  attempt: number,
  failure: Failure,
  nowMs: number,
  closesAtMs: number,
): number | undefined {
  if (failure.nonRetryable || retry.nonRetryableErrors.includes(failure.type) || attempt >= retry.attemptsMax) return undefined;
  const backoffMs = Math.min(retry.initialIntervalMs * retry.backoffCoefficient ** (attempt - 1), retry.intervalMsMax);
  const atMs = nowMs + Math.ceil(backoffMs);
  return atMs >= closesAtMs ? undefined : atMs;
}

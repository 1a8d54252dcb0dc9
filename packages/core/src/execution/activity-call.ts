import type { Duration } from '../duration.js';

import { isLimited } from '../limits/limit-options.js';
import { type RecordedActivityOptions, type RetryPolicy, retryPolicyDefault, taskQueuePattern } from '../run/activity-options.js';
import { InvalidCommandError } from './errors.js';
import { timeoutMs } from './interval.js';
import { type LimitCallOptions, limitOptions } from './limit-call.js';

/** What a call says about its activity; the rest is as `ActivityOptions` says. */
export interface ActivityCallOptions extends LimitCallOptions {
  /** The queue whose workers run it. Default: the run's own. */
  readonly taskQueue?: string;
  readonly retry?: RetryOptions;
  readonly scheduleToStartTimeout?: Duration | number;
  readonly startToCloseTimeout?: Duration | number;
  readonly scheduleToCloseTimeout?: Duration | number;
  readonly heartbeatTimeout?: Duration | number;
}

/** Intervals as durations or milliseconds; defaults as in `RetryPolicy`. */
export interface RetryOptions {
  readonly initialInterval?: Duration | number;
  readonly backoffCoefficient?: number;
  readonly intervalMax?: Duration | number;
  readonly attemptsMax?: number;
  readonly nonRetryableErrors?: readonly string[];
  readonly deadLetter?: boolean;
}

/**
 * What a call says, ready to be recorded.
 * @throws InvalidCommandError naming the option that makes no sense.
 */
export function activityOptions(call: ActivityCallOptions | undefined): RecordedActivityOptions {
  if (call === undefined) return {};
  const options = {
    taskQueue: mustBeTaskQueue(call.taskQueue),
    retry: call.retry && retryPolicy(call.retry),
    scheduleToStartTimeoutMs: timeoutMs('scheduleToStartTimeout', call.scheduleToStartTimeout),
    startToCloseTimeoutMs: timeoutMs('startToCloseTimeout', call.startToCloseTimeout),
    scheduleToCloseTimeoutMs: timeoutMs('scheduleToCloseTimeout', call.scheduleToCloseTimeout),
    heartbeatTimeoutMs: timeoutMs('heartbeatTimeout', call.heartbeatTimeout),
    ...(isLimited(call) && limitOptions(call)),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

export function mustBeTaskQueue(name: string | undefined): string | undefined {
  if (name === undefined || taskQueuePattern.test(name)) return name;
  throw new InvalidCommandError(`taskQueue is "${name}": it must have 1 to 200 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`);
}

/** @throws InvalidCommandError naming the option that makes no sense. */
export function retryPolicy(retry: RetryOptions): RetryPolicy {
  const { backoffCoefficient = retryPolicyDefault.backoffCoefficient, attemptsMax = retryPolicyDefault.attemptsMax } = retry;
  if (!(backoffCoefficient >= 1)) throw new InvalidCommandError(`retry.backoffCoefficient is ${backoffCoefficient}: it must be at least 1`);
  if (!(Number.isSafeInteger(attemptsMax) && attemptsMax >= 1) && attemptsMax !== Number.POSITIVE_INFINITY) {
    throw new InvalidCommandError(`retry.attemptsMax is ${attemptsMax}: it must be a whole number from 1, or Infinity`);
  }
  return {
    initialIntervalMs: timeoutMs('retry.initialInterval', retry.initialInterval) ?? retryPolicyDefault.initialIntervalMs,
    backoffCoefficient,
    intervalMsMax: timeoutMs('retry.intervalMax', retry.intervalMax) ?? retryPolicyDefault.intervalMsMax,
    attemptsMax: Math.min(attemptsMax, Number.MAX_SAFE_INTEGER),
    nonRetryableErrors: [...(retry.nonRetryableErrors ?? retryPolicyDefault.nonRetryableErrors)],
    ...(retry.deadLetter && { deadLetter: true }),
  };
}

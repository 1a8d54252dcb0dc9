import type { Duration } from '../../duration.js';
import { isLimited } from '../../limits/limit-options.js';
import { type RecordedActivityOptions, type RetryPolicy, retryPolicyDefault, taskQueuePattern } from '../../run/activity-options.js';
import { InvalidCommandError } from '../errors.js';
import { timeoutMs } from './interval.js';
import { type LimitCallOptions, limitOptions } from './limit-call.js';

/** What a call says about its activity. Times are durations or milliseconds. */
export interface ActivityCallOptions extends LimitCallOptions {
  /** The queue whose workers run it. Default: the run's own. */
  readonly taskQueue?: string;
  /** Default: ten attempts, with pauses of 1 s, 2 s, 4 s and so on, of 5 min at most. */
  readonly retry?: RetryOptions;
  /** From the moment an attempt may be taken until a worker announces it; when it passes, the activity has timed out. Default: none. */
  readonly scheduleToStartTimeout?: Duration | number;
  /** One attempt, from its start; when it passes, the attempt has failed. Default: `10m`. */
  readonly startToCloseTimeout?: Duration | number;
  /** All attempts and the pauses between them. Default: none. */
  readonly scheduleToCloseTimeout?: Duration | number;
  /** The longest silence between the heartbeats of an attempt; when it passes, the attempt has failed. Default: none. */
  readonly heartbeatTimeout?: Duration | number;
}

/** How often, and how far apart, attempts follow each other. Intervals are durations or milliseconds. */
export interface RetryOptions {
  /** Before the second attempt. Default: `1s`. */
  readonly initialInterval?: Duration | number;
  /** Each further interval is this many times the one before. At least 1; default: 2. */
  readonly backoffCoefficient?: number;
  /** No interval is longer. Default: `5m`. */
  readonly intervalMax?: Duration | number;
  /** Attempts altogether, the first included; `Infinity` will do. Default: 10. */
  readonly attemptsMax?: number;
  /** Types of failures after which no further attempt is made. Default: none. */
  readonly nonRetryableErrors?: readonly string[];
  /** True: when no further attempt follows a failure, the task goes to `marathon.dead-letters`, too. Default: false. */
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

import { type Duration, durationMsMax } from '../../duration.js';
import { type ConcurrencyLimit, type LimitOptions, limitMax, priorityMax, type RateLimit } from '../../limits/limit-options.js';
import { InvalidCommandError } from '../errors.js';
import { timeoutMs } from './interval.js';
import { mustBeSendable } from './names.js';

/** How many may be at work at a time under one key, and how many may begin in a time. */
export interface LimitCallOptions {
  /** At most `limit` at work at a time, of all that name this key: from the moment they are let in until they have ended. */
  readonly concurrency?: ConcurrencyLimit;
  /** At most `limit` at once, and then one more each `per / limit`. Default of the key: the name of the activity or workflow. */
  readonly rateLimit?: RateLimitOptions;
  /** From 1, which goes first, to 5, among those that wait for the same limit. Default 3. */
  readonly priority?: number;
  /** Those that wait for the same limit with the same priority take turns by this: a tenant, say. Default: all without one share a turn. */
  readonly fairnessKey?: string;
}

/** `per` is a duration or milliseconds, 1 ms at least. */
export interface RateLimitOptions {
  /** Default: the name of the activity or workflow. */
  readonly key?: string;
  readonly limit: number;
  readonly per: Duration | number;
}

/**
 * What a call says of its limits, ready to be recorded; what it leaves out is absent.
 * @throws InvalidCommandError naming the option that makes no sense.
 */
export function limitOptions({ concurrency, rateLimit, priority, fairnessKey }: LimitCallOptions): LimitOptions {
  if (priority !== undefined) mustBeWithin('priority', priority, priorityMax);
  if (fairnessKey !== undefined) mustBeSendable('fairnessKey', fairnessKey);
  return {
    ...(concurrency && { concurrency: concurrencyLimit(concurrency) }),
    ...(rateLimit && { rateLimit: rateLimitOf(rateLimit) }),
    ...(priority !== undefined && { priority }),
    ...(fairnessKey !== undefined && { fairnessKey }),
  };
}

function concurrencyLimit({ key, limit }: ConcurrencyLimit): ConcurrencyLimit {
  mustBeSendable('concurrency.key', key);
  mustBeWithin('concurrency.limit', limit, limitMax);
  return { key, limit };
}

function rateLimitOf({ key, limit, per }: RateLimitOptions): RateLimit {
  if (key !== undefined) mustBeSendable('rateLimit.key', key);
  mustBeWithin('rateLimit.limit', limit, limitMax);
  const perMs = timeoutMs('rateLimit.per', per);
  if (perMs === undefined)
    throw new InvalidCommandError(`rateLimit.per is missing: it must be from 1 ms to ${durationMsMax / 86_400_000} days`);
  return { ...(key !== undefined && { key }), limit, perMs };
}

function mustBeWithin(option: string, value: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return;
  throw new InvalidCommandError(`${option} is ${value}: it must be a whole number from 1 to ${max}`);
}

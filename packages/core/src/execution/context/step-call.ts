import type { Duration } from '../../duration.js';
import type { StepLimits } from '../../run/step-retries.js';
import { type RetryOptions, retryPolicy } from './activity-call.js';
import { timeoutMs } from './interval.js';

/** What a step in place works on, and how often it is tried. */
export interface StepOptions {
  /** What the step works on. Its digest is recorded, so that a replay with another input is found out. */
  readonly input?: unknown;
  /**
   * How often it is tried again when it throws or runs out of time, and how far apart; what is left out is as for activities, and
   * `attemptsMax` counts the first. A pause is durable: it lasts over restarts. Default: a step is not tried again.
   */
  readonly retry?: Omit<RetryOptions, 'deadLetter'>;
  /** One attempt. What it gives later is dropped. Default: an attempt takes as long as it takes. */
  readonly startToCloseTimeout?: Duration | number;
  /** All attempts and the pauses between them. Default: none. */
  readonly scheduleToCloseTimeout?: Duration | number;
}

/** What a step may know of the attempt that it makes. */
export interface StepAttempt {
  /** Counts from 1. */
  readonly attempt: number;
  /**
   * Aborts when what the attempt gives is of no use any more: it has run out of time, its scope was canceled, its run has closed, or
   * another process has its run. The reason is an error named `StepTimedOut` or `StepAborted`.
   */
  readonly signal: AbortSignal;
}

/**
 * What an options object says of attempts; nothing for a step that has one, of any length.
 * @throws InvalidCommandError naming the option that makes no sense.
 */
export function stepLimits(options: StepOptions, nowMs: number): StepLimits | undefined {
  const retry = options.retry && retryPolicy(options.retry);
  const startToCloseTimeoutMs = timeoutMs('startToCloseTimeout', options.startToCloseTimeout);
  const scheduleToCloseTimeoutMs = timeoutMs('scheduleToCloseTimeout', options.scheduleToCloseTimeout);
  if (!retry && startToCloseTimeoutMs === undefined && scheduleToCloseTimeoutMs === undefined) return undefined;
  return {
    ...(retry && { retry }),
    ...(startToCloseTimeoutMs !== undefined && { startToCloseTimeoutMs }),
    ...(scheduleToCloseTimeoutMs !== undefined && { closesAtMs: nowMs + scheduleToCloseTimeoutMs }),
  };
}

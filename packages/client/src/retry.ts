import { MarathonError } from '@marathon/core';
import { MarathonApiError } from './errors.js';

const attemptsMax = 10;
const firstDelayMsMax = 100;
const delayMsMax = 10_000;
/** Who asks for more patience than this does not get it. */
const retryAfterMsMax = 30_000;
/** The gateway has asked the owner of a run again and again before it says this. */
const unreachable = 'MARATHON_RUN_UNREACHABLE';

/**
 * How long to wait after the failure of an attempt (from 1), or nothing when there is to be no other: the time that the gateway
 * asked for, and a random part of one that doubles, so that clients which failed together do not come back together.
 */
export function retryDelayMs(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof MarathonError) || !error.retryable || error.code === unreachable || attempt >= attemptsMax) return undefined;
  const askedMs = (error instanceof MarathonApiError && error.retryAfterMs) || 0;
  if (askedMs > retryAfterMsMax) return undefined;
  return askedMs + Math.random() * Math.min(delayMsMax, firstDelayMsMax * 2 ** (attempt - 1));
}

/** @throws the reason of `signal` when it is aborted first */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAborted);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAborted, { once: true });
  });
}

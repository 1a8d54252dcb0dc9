import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Service } from '@marathon/core';
import type { Disorder } from './disorder.js';

/** What every part of one stream shares. */
export interface Surroundings {
  /**
   * Runs a function where the stream was made. Callers publish from within the scopes of runs and requests; nothing of those may
   * reach a receiver, and timers set there may be forbidden.
   */
  readonly scope: ReturnType<typeof AsyncLocalStorage.snapshot>;
  readonly nowMs: () => number;
  readonly disorder: Disorder | undefined;
  /** Consumers and tails that were started and not stopped. */
  readonly readers: Set<Service>;
}

import type { LimitOptions } from './limit-options.js';

/**
 * What is limited: a key of its own for each kind. Runs and activities never share a limit, so that a run that holds a place does not
 * keep its own activities from theirs.
 */
export type LimitKind = 'activity-concurrency' | 'activity-rate' | 'queue-window' | 'workflow-concurrency' | 'workflow-rate';

/** `<kind>:<key>`, within a namespace. */
export type LimitName = `${LimitKind}:${string}`;

/** A limit as somebody states it who comes under it; whoever came last is right. */
export interface StatedLimit {
  readonly name: LimitName;
  readonly limit: number;
  /** Of a rate: the time in which `limit` may begin. */
  readonly perMs?: number;
}

/** Who shares a window, when only a priority or a fairness key is stated. */
export interface QueueWindow {
  readonly taskQueue: string;
  /** How many attempts of the queue that state either are at workers at a time. */
  readonly limit: number;
}

/** All that an attempt comes under; a rate limit before a window, for those who wait for a token have an order already. */
export function limitsOfActivity(activity: string, options: LimitOptions, window: QueueWindow): readonly StatedLimit[] {
  const stated = statedLimits('activity', activity, options);
  return stated.length > 0 ? stated : [{ name: `queue-window:${window.taskQueue}`, limit: window.limit }];
}

export const limitsOfRun = (workflow: string, options: LimitOptions): readonly StatedLimit[] => statedLimits('workflow', workflow, options);

function statedLimits(of: 'activity' | 'workflow', name: string, { concurrency, rateLimit }: LimitOptions): readonly StatedLimit[] {
  const limits: StatedLimit[] = [];
  if (concurrency) limits.push({ name: `${of}-concurrency:${concurrency.key}`, limit: concurrency.limit });
  if (rateLimit) limits.push({ name: `${of}-rate:${rateLimit.key ?? name}`, limit: rateLimit.limit, perMs: rateLimit.perMs });
  return limits;
}

/** The kind and the key that a name is made of. */
export function partsOf(name: LimitName): { readonly kind: LimitKind; readonly key: string } {
  const colon = name.indexOf(':');
  return { kind: name.slice(0, colon) as LimitKind, key: name.slice(colon + 1) };
}

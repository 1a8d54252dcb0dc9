import type { LimitName } from './stated-limit.js';

// Who is let in. A store locks the limits that are concerned, reads what stands here, and writes down what comes of it, all in one
// transaction: the decision is the same whatever the store is.
//   A1  Nobody is let in who would exceed any of their limits.
//   A2  By priority, then by rank, then in the order in which they came. A rank is a turn: the first of each fairness key that wait
//       have the same one, the second the next, and so on.
//   A3  Who has no room under one of their limits holds nobody else up.

/** A limit as it stands now. */
export interface LimitState {
  readonly name: LimitName;
  readonly limit: number;
  /** Of a rate. */
  readonly perMs: number | undefined;
  /** Of a concurrency: who holds a place. */
  readonly inFlight: number;
  /** Of a rate: when all of its tokens would be back, in milliseconds since 1970. In the past when they are. */
  readonly fullAtMs: number;
}

/** Somebody who waits; the same one may wait for several limits. */
export interface Waiter {
  readonly priority: number;
  readonly rank: number;
  readonly order: number;
  readonly limits: readonly LimitState['name'][];
}

export interface Admitted<W> {
  readonly admitted: readonly W[];
  /** As they stand then. */
  readonly limits: ReadonlyMap<LimitName, LimitState>;
}

/** Who of those that wait is let in. Who waits for a limit that is not among `limits` is not. */
export function admit<W extends Waiter>(limits: Iterable<LimitState>, waiters: Iterable<W>, nowMs: number): Admitted<W> {
  const states = new Map<LimitName, LimitState>();
  for (const limit of limits) states.set(limit.name, asStatedNow(limit, nowMs));
  const admitted: W[] = [];
  for (const waiter of [...waiters].sort(byTurn)) {
    const theirs = waiter.limits.map((name) => states.get(name));
    if (!theirs.every((limit) => limit !== undefined && hasRoom(limit, nowMs))) continue;
    admitted.push(waiter);
    for (const limit of theirs) if (limit) states.set(limit.name, taken(limit, nowMs));
  }
  return { admitted, limits: states };
}

export const byTurn = (a: Waiter, b: Waiter): number => a.priority - b.priority || a.rank - b.rank || a.order - b.order;

export const hasRoom = (limit: LimitState, nowMs: number): boolean =>
  limit.perMs === undefined ? limit.inFlight < limit.limit : nextTokenAtMs(limit) <= nowMs;

/** Whether a look at who waits may change anything: there is room, or tokens stand out that only a rate of before could have spent. */
export const isOpen = (limit: LimitState, nowMs: number): boolean =>
  hasRoom(limit, nowMs) || (limit.perMs !== undefined && limit.fullAtMs > nowMs + limit.perMs);

/** When the next one may begin under a rate; 0 under a limit that is none. */
export function nextTokenAtMs({ limit, perMs, fullAtMs }: LimitState): number {
  if (perMs === undefined) return 0;
  // All but one of the tokens may be out.
  return Math.ceil(fullAtMs + perMs / limit - perMs);
}

/** A rate of before may have spent tokens that come back later than any of those of now do. */
function asStatedNow(limit: LimitState, nowMs: number): LimitState {
  return limit.perMs === undefined ? limit : { ...limit, fullAtMs: Math.min(limit.fullAtMs, nowMs + limit.perMs) };
}

function taken(limit: LimitState, nowMs: number): LimitState {
  if (limit.perMs === undefined) return { ...limit, inFlight: limit.inFlight + 1 };
  return { ...limit, fullAtMs: Math.max(limit.fullAtMs, nowMs) + limit.perMs / limit.limit };
}

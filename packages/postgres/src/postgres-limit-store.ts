import { type Admission, admit, hasRoom, type LimitName, type LimitState, type LimitStore, nextTokenAtMs } from '@marathon/core';
import type { Executor } from './connections/executor.js';
import type { PooledDatabase } from './connections/pooled-database.js';
import { admitWaiters, saveLimits } from './sql/admit-waiters.js';
import { forgetIdleLimits } from './sql/forget-idle-limits.js';
import { insertLimits, lockLimits } from './sql/lock-limits.js';
import { readOpenLimits } from './sql/read-open-limits.js';
import { readWaiters, type WaiterRow, waitersPerLimit } from './sql/read-waiters.js';

/** Lets in who waits for limits, over the pool: no lane waits for it. Every method may throw StoreUnavailableError and CommitOutcomeUnknownError. */
export class PostgresLimitStore implements LimitStore {
  constructor(private readonly database: PooledDatabase) {}

  async admit(names: readonly LimitName[]): Promise<Admission> {
    await insertLimits(this.database, names);
    const waiters = await readWaiters(this.database, names);
    if (waiters.length === 0) return { requests: [], againInMs: new Map() };
    const partners = waiters.flatMap(({ partner }) => partner ?? []);
    const concerned = [...new Set([...waiters.map(({ name }) => name), ...partners])];
    await insertLimits(this.database, partners);
    return this.database.transaction('admit', (executor) => admitUnder(executor, names, concerned));
  }

  readOpen = (after: LimitName | undefined, limit: number) => readOpenLimits(this.database, after, limit);
  forgetIdle = (limit: number) => forgetIdleLimits(this.database, limit);
}

/**
 * Limits are locked first, in one order; what counts is what is there then. Of the further limits the lines are not read: there may be
 * hundreds of them, and who waits there for these was looked at when they had room.
 */
async function admitUnder(executor: Executor, names: readonly LimitName[], concerned: readonly LimitName[]): Promise<Admission> {
  const { limits, nowMs } = await lockLimits(executor, concerned);
  const lines = Map.groupBy(await readWaiters(executor, names, concerned), ({ namespace }) => namespace);
  const admitted: WaiterRow[] = [];
  const againInMs = new Map<LimitName, number>();
  for (const [namespace, locked] of limits) {
    const line = lines.get(namespace) ?? [];
    const outcome = admit(locked, once(line), nowMs);
    admitted.push(...outcome.admitted);
    await saveLimits(executor, namespace, [...outcome.limits.values()]);
    for (const [name, inMs] of lookedAtAgain([...outcome.limits.values()], line, outcome.admitted.length > 0, nowMs))
      againInMs.set(name, inMs);
  }
  return { requests: admitted.length > 0 ? await admitWaiters(executor, admitted) : [], againInMs };
}

/** Who waits for two limits stands in both lines; the better turn counts. */
function once(waiters: readonly WaiterRow[]): readonly WaiterRow[] {
  const byPlace = new Map<string, WaiterRow>();
  for (const waiter of waiters) {
    const key = `${waiter.runId}/${waiter.activitySeq}`;
    const other = byPlace.get(key);
    if (!other || waiter.rank < other.rank) byPlace.set(key, waiter);
  }
  return [...byPlace.values()];
}

/** Rates when their next token is there, and at once those of whose line there is more to see. */
function lookedAtAgain(limits: readonly LimitState[], line: readonly WaiterRow[], isMoving: boolean, nowMs: number): [LimitName, number][] {
  return limits.flatMap((limit): [LimitName, number][] => {
    if (!line.some(({ limits }) => limits.includes(limit.name))) return [];
    if (!hasRoom(limit, nowMs)) return limit.perMs === undefined ? [] : [[limit.name, nextTokenAtMs(limit) - nowMs]];
    const { length } = line.filter(({ name }) => name === limit.name);
    return isMoving && length === waitersPerLimit ? [[limit.name, 0]] : [];
  });
}

import {
  type AwaitedLimit,
  awaitedLimitsMax,
  byTurn,
  countedMax,
  hasRoom,
  type LimitName,
  type LimitQuery,
  type LimitRow,
  nextTokenAtMs,
  type RunId,
} from '@marathon/core';
import type { EventLogState } from './event-log-state.js';
import { type PlaceRecord, waiterOf } from './limit-places.js';

/** The limits that are known, as they stand. */
export function listLimits(state: EventLogState, { namespace, after, limit }: LimitQuery): readonly LimitRow[] {
  const names = new Set(state.places.all.filter((place) => place.namespace === namespace).flatMap(({ ranks }) => [...ranks.keys()]));
  return [...names]
    .filter((name) => after === undefined || name > after)
    .sort()
    .slice(0, limit)
    .flatMap((name) => rowOf(state, namespace, name) ?? []);
}

export function awaitedLimits(state: EventLogState, runId: RunId): readonly AwaitedLimit[] {
  const waiting = state.places.all.filter((place) => place.runId === runId && !place.isAdmitted);
  return waiting.flatMap((place) => place.limits.flatMap(({ name }) => awaited(state, place, name) ?? [])).slice(0, awaitedLimitsMax);
}

function awaited(state: EventLogState, place: PlaceRecord, name: LimitName): AwaitedLimit | undefined {
  const row = rowOf(state, place.namespace, name);
  const waiter = waiterOf(place);
  const ahead = state.places.under(place.namespace, name).filter((other) => !other.isAdmitted && byTurn(waiterOf(other), waiter) < 0);
  return (
    row && { ...row, place: place.place, attempt: place.attempt, sinceMs: place.queuedAtMs, ahead: Math.min(ahead.length, countedMax) }
  );
}

function rowOf(state: EventLogState, namespace: string, name: LimitName): LimitRow | undefined {
  const limit = state.places.stateOf(namespace, name);
  if (!limit) return undefined;
  const waiting = state.places.under(namespace, name).filter(({ isAdmitted }) => !isAdmitted);
  const hasToken = limit.perMs === undefined || waiting.length === 0 || hasRoom(limit, state.nowMs());
  return {
    name,
    limit: limit.limit,
    perMs: limit.perMs,
    inFlight: limit.inFlight,
    waiting: Math.min(waiting.length, countedMax),
    oldestWaitingSinceMs: waiting[0]?.queuedAtMs,
    nextTokenAtMs: hasToken ? undefined : nextTokenAtMs(limit),
  };
}

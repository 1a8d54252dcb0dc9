import { type Admission, admit, hasRoom, isOpen, type LimitName, type LimitStore, nextTokenAtMs, type OpenLimits } from '@marathon/core';
import type { EventLogState } from './event-log-state.js';
import type { PlaceRecord } from './limit-places.js';
import { waiterOf } from './limit-places.js';

/** Lets in who waits for limits: everything at once, whatever the lengths of the lines. */
export class MemoryLimitStore implements LimitStore {
  constructor(private readonly state: EventLogState) {}

  async admit(names: readonly LimitName[]): Promise<Admission> {
    const waiting = this.state.places.all.filter((place) => !place.isAdmitted);
    const concerned = waiting.filter(({ ranks }) => names.some((name) => ranks.has(name)));
    const againInMs = new Map<LimitName, number>();
    const requests = [...new Set(concerned.map(({ namespace }) => namespace))].flatMap((namespace) =>
      this.#admitIn(namespace, names, againInMs),
    );
    return { requests, againInMs };
  }

  async readOpen(after: LimitName | undefined, limit: number): Promise<OpenLimits> {
    const { places } = this.state;
    const now = this.state.nowMs();
    const open = new Map<LimitName, boolean>();
    for (const { namespace, ranks, isAdmitted } of places.all) {
      for (const name of isAdmitted ? [] : ranks.keys()) {
        const state = places.stateOf(namespace, name);
        if (after === undefined || name > after) open.set(name, open.get(name) || (state !== undefined && isOpen(state, now)));
      }
    }
    const next = [...open.keys()].sort().slice(0, limit);
    return { names: next.filter((name) => open.get(name)), next: next.length === limit ? next.at(-1) : undefined };
  }

  async forgetIdle(): Promise<void> {
    const now = this.state.nowMs();
    for (const [key, atMs] of this.state.places.fullAtMs) if (atMs <= now) this.state.places.fullAtMs.delete(key);
  }

  #admitIn(namespace: string, names: readonly LimitName[], againInMs: Map<LimitName, number>): Admission['requests'] {
    const { places } = this.state;
    const now = this.state.nowMs();
    const line = places.all.filter((place) => place.namespace === namespace && !place.isAdmitted);
    const theirs = line.filter(({ ranks }) => names.some((name) => ranks.has(name)));
    const all = [...new Set(theirs.flatMap(({ ranks }) => [...ranks.keys()]))];
    const limits = all.map((name) => places.stateOf(namespace, name)).filter((limit) => limit !== undefined);
    const outcome = admit(limits, line.filter(({ ranks }) => all.some((name) => ranks.has(name))).map(waiterOf), now);
    const requests = outcome.admitted.flatMap(({ place }) => this.#tell(place));
    for (const limit of outcome.limits.values()) {
      if (limit.perMs === undefined) continue;
      places.fullAtMs.set(`${namespace}/${limit.name}`, limit.fullAtMs);
      const isAwaited = places.under(namespace, limit.name).some(({ isAdmitted }) => !isAdmitted);
      if (isAwaited && !hasRoom(limit, now)) againInMs.set(limit.name, nextTokenAtMs(limit) - now);
    }
    return requests;
  }

  #tell(place: PlaceRecord): Admission['requests'] {
    const { runId, shard, place: activitySeq, attempt } = place;
    const run = this.state.runs.get(runId);
    if (!run || run.closedAtMs !== undefined) return [];
    this.state.places.admit(place);
    const request = this.state.acceptRequest(run, (n) =>
      activitySeq === 0 ? { kind: 'admit-run', n } : { kind: 'admit-activity', n, activitySeq, attempt },
    );
    return [{ runId, shard, request }];
  }
}

export function nextAdmissionAtMs({ places, nowMs }: EventLogState): number | undefined {
  const dueAtMs = ({ namespace, limits }: PlaceRecord) =>
    Math.max(
      ...limits.map(({ name }) => {
        const limit = places.stateOf(namespace, name);
        if (!limit || hasRoom(limit, nowMs())) return nowMs();
        return limit.perMs === undefined ? Number.POSITIVE_INFINITY : nextTokenAtMs(limit);
      }),
    );
  const next = Math.min(...places.all.filter(({ isAdmitted }) => !isAdmitted).map(dueAtMs));
  return next < Number.POSITIVE_INFINITY ? next : undefined;
}

import type { LimitName, LimitState, QueuedPlace, RunAdvance, RunId, ShardId, Waiter } from '@marathon/core';

/** A place in lines, and under limits once it is admitted. */
export interface PlaceRecord extends Omit<QueuedPlace, 'limits'> {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly namespace: string;
  readonly limits: QueuedPlace['limits'];
  /** Its turn in each line. */
  readonly ranks: ReadonlyMap<LimitName, number>;
  readonly order: number;
  readonly queuedAtMs: number;
  isAdmitted: boolean;
}

/** Who waits for limits and holds places under them. */
export class LimitPlaces {
  /** When all tokens of a rate are back, by namespace and name. */
  readonly fullAtMs = new Map<string, number>();
  #places: PlaceRecord[] = [];
  #lastOrder = 0;

  constructor(private readonly nowMs: () => number) {}

  get all(): readonly PlaceRecord[] {
    return this.#places;
  }

  /** What a commit says of the places of its run. */
  apply(run: Pick<PlaceRecord, 'runId' | 'shard' | 'namespace'>, { limits, successor }: RunAdvance): void {
    if (!limits) return;
    const { runId, shard, namespace } = run;
    if (limits.handsOn && successor) {
      this.#places = this.#places.map((place) =>
        place.runId === runId && place.place === 0 ? { ...place, runId: successor.runId } : place,
      );
    }
    this.#places = this.#places.filter((place) => place.runId !== runId || !(limits.isClosing || limits.freed.includes(place.place)));
    for (const queued of limits.queued) {
      const ranks = new Map(queued.limits.map(({ name }) => [name, this.#rankIn(namespace, name, queued)]));
      this.#lastOrder += 1;
      this.#places.push({
        ...queued,
        ...{ runId, shard, namespace, ranks },
        order: this.#lastOrder,
        queuedAtMs: this.nowMs(),
        isAdmitted: false,
      });
    }
  }

  /** Those that come under the limit, waiting or not. */
  under(namespace: string, name: LimitName): readonly PlaceRecord[] {
    return this.#places.filter((place) => place.namespace === namespace && place.ranks.has(name));
  }

  /** A token is all that who comes under rates alone gets. */
  admit(place: PlaceRecord): void {
    place.isAdmitted = true;
    if (place.limits.every(({ perMs }) => perMs !== undefined)) this.#places = this.#places.filter((other) => other !== place);
  }

  /** As the last one stated it who is there. */
  stateOf(namespace: string, name: LimitName): LimitState | undefined {
    const places = this.under(namespace, name);
    const stated = places.at(-1)?.limits.find((limit) => limit.name === name);
    if (!stated) return undefined;
    const { limit, perMs } = stated;
    const inFlight = perMs === undefined ? places.filter(({ isAdmitted }) => isAdmitted).length : 0;
    return { name, limit, perMs, inFlight, fullAtMs: this.fullAtMs.get(`${namespace}/${name}`) ?? 0 };
  }

  #rankIn(namespace: string, name: LimitName, { priority, fairnessKey }: QueuedPlace): number {
    const line = this.under(namespace, name).filter((place) => !place.isAdmitted && place.priority === priority);
    const ranks = line.map((place) => place.ranks.get(name) ?? 0);
    const theirs = line.filter((place) => place.fairnessKey === fairnessKey).map((place) => (place.ranks.get(name) ?? 0) + 1);
    return line.length === 0 ? 0 : Math.max(Math.min(...ranks), ...theirs);
  }
}

export const waiterOf = (place: PlaceRecord): Waiter & { readonly place: PlaceRecord } => ({
  place,
  priority: place.priority,
  rank: Math.min(...place.ranks.values()),
  order: place.order,
  limits: [...place.ranks.keys()],
});

import type { RunId, ShardId } from '../../ids.js';

export interface ByRunBounds {
  readonly runsMax: number;
  readonly perRunMax: number;
}

/** What a lane keeps for its runs, by a key within each: forgotten with the run, and with its shard. Above its bounds the oldest goes. */
export class ByRun<Key, Value> {
  private readonly runs = new Map<RunId, { readonly shard: ShardId; readonly entries: Map<Key, Value> }>();

  constructor(private readonly bounds: ByRunBounds = { runsMax: Number.POSITIVE_INFINITY, perRunMax: Number.POSITIVE_INFINITY }) {}

  /** How many runs there is something of. */
  get size(): number {
    return this.runs.size;
  }

  forget(runId: RunId): void {
    const known = this.runs.get(runId);
    if (!known) return;
    this.runs.delete(runId);
    this.onForgotten(known.entries);
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, known] of this.runs) if (known.shard === shard) this.forget(runId);
  }

  /** With its run or shard, not by a bound. */
  protected onForgotten(_entries: ReadonlyMap<Key, Value>): void {}

  protected put(runId: RunId, shard: ShardId, key: Key, value: Value): void {
    const { entries } = this.runs.get(runId) ?? this.first(runId, shard);
    entries.set(key, value);
    if (entries.size > this.bounds.perRunMax) forgetOldest(entries);
  }

  protected of(runId: RunId): ReadonlyMap<Key, Value> | undefined {
    return this.runs.get(runId)?.entries;
  }

  protected remove(runId: RunId, key: Key): void {
    const entries = this.runs.get(runId)?.entries;
    entries?.delete(key);
    if (entries?.size === 0) this.runs.delete(runId);
  }

  protected *all(): Iterable<Value> {
    for (const { entries } of this.runs.values()) yield* entries.values();
  }

  private first(runId: RunId, shard: ShardId) {
    const known = { shard, entries: new Map<Key, Value>() };
    this.runs.set(runId, known);
    if (this.runs.size > this.bounds.runsMax) forgetOldest(this.runs);
    return known;
  }
}

function forgetOldest(map: Map<unknown, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

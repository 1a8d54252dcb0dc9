import type { RunId, ShardId } from '../../ids.js';
import type { Run } from '../../run/run.js';

/** Of large payloads that the code of a lane's runs may hold. The run that was used last may hold more. */
const largeBytesMax = 64 * 1024 * 1024;

/**
 * Runs in memory with their suspended code, least recently used first. Above either bound the least recently used are dropped
 * and come back by replay; runs that have steps in flight stay, for a replay would begin those again, and so does the last one, when
 * it is at a map: all that the map has would be read again for each of its results. Large payloads
 * are counted for themselves: only runs that have some make room for them.
 */
export class ResidentRuns {
  private readonly runs = new Map<RunId, Run>();
  private bytes = 0;
  private readonly sizes = new Map<RunId, number>();
  private largeBytes = 0;
  /** Of runs that have some. */
  private readonly largeSizes = new Map<RunId, number>();

  constructor(private readonly bounds: { readonly runs: number; readonly bytes: number }) {}

  get(runId: RunId): Run | undefined {
    return this.runs.get(runId);
  }

  /** Adds it, or marks it as used now, and measures it. */
  use(run: Run): void {
    this.runs.delete(run.runId);
    this.runs.set(run.runId, run);
    const size = run.sizeBytes;
    this.bytes += size - (this.sizes.get(run.runId) ?? 0);
    this.sizes.set(run.runId, size);
    this.noteLarge(run.runId, run.largeBytes);
  }

  /** It may have grown by more than a batch should leave unnoticed. */
  measure(run: Run): void {
    if (this.get(run.runId) === run) this.use(run);
  }

  drop(runId: RunId): void {
    const run = this.runs.get(runId);
    if (!run) return;
    run.drop();
    this.runs.delete(runId);
    this.bytes -= this.sizes.get(runId) ?? 0;
    this.sizes.delete(runId);
    this.noteLarge(runId, 0);
  }

  dropShard(shard: ShardId): void {
    for (const run of this.runs.values()) if (run.shard.id === shard) this.drop(run.runId);
  }

  /** Call between batches only: a run of the batch must not go away under it. Calls `onEvicted` before it drops one. */
  evict(onEvicted: (run: Run) => void): void {
    if (this.largeBytes > largeBytesMax) this.evictLarge(onEvicted);
    if (this.isWithinBounds) return;
    for (const run of this.runs.values()) {
      if (this.isWithinBounds) return;
      if (run.hasSteps || (run.hasMaps && this.runs.size === 1)) continue;
      onEvicted(run);
      this.drop(run.runId);
    }
  }

  private evictLarge(onEvicted: (run: Run) => void): void {
    const large = [...this.runs.values()].filter(({ largeBytes }) => largeBytes > 0);
    for (const run of large.slice(0, -1)) {
      if (this.largeBytes <= largeBytesMax) return;
      if (run.hasSteps) continue;
      onEvicted(run);
      this.drop(run.runId);
    }
  }

  get size(): number {
    return this.runs.size;
  }

  [Symbol.iterator](): IterableIterator<Run> {
    return this.runs.values();
  }

  private noteLarge(runId: RunId, bytes: number): void {
    const before = this.largeSizes.get(runId) ?? 0;
    if (bytes === before) return;
    this.largeBytes += bytes - before;
    if (bytes === 0) this.largeSizes.delete(runId);
    else this.largeSizes.set(runId, bytes);
  }

  private get isWithinBounds(): boolean {
    return this.runs.size <= this.bounds.runs && this.bytes <= this.bounds.bytes;
  }
}

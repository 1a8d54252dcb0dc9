import type { RunId, ShardId } from '../../ids.js';

interface Entry {
  readonly runId: RunId;
  readonly shard: ShardId;
  readonly atMs: number;
}

/** When which run has to be looked at next: a binary heap, with one instant that counts for each run. */
export class WakeUps {
  private readonly heap: Entry[] = [];
  private readonly current = new Map<RunId, Entry>();

  /** Replaces the run's instant; `undefined` forgets it. */
  set(runId: RunId, shard: ShardId, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.current.delete(runId);
      return;
    }
    if (this.current.get(runId)?.atMs === atMs) return;
    const entry = { runId, shard, atMs };
    this.current.set(runId, entry);
    this.push(entry);
    // Replaced entries stay in the heap until they surface; rebuilt before they outnumber the ones that count.
    if (this.heap.length > 64 && this.heap.length > 2 * this.current.size) this.rebuild();
  }

  /** As `set`, unless an earlier instant is known. */
  setNoLater(runId: RunId, shard: ShardId, atMs: number): void {
    const known = this.current.get(runId);
    if (!known || known.atMs > atMs) this.set(runId, shard, atMs);
  }

  get nextAtMs(): number | undefined {
    this.dropReplaced();
    return this.heap[0]?.atMs;
  }

  /** Removes and gives the runs whose instant has come, earliest first, at most `limit`. */
  takeDue(nowMs: number, limit: number): readonly { readonly runId: RunId; readonly shard: ShardId }[] {
    const due: Entry[] = [];
    for (this.dropReplaced(); due.length < limit; this.dropReplaced()) {
      const first = this.heap[0];
      if (!first || first.atMs > nowMs) break;
      this.pop();
      this.current.delete(first.runId);
      due.push(first);
    }
    return due;
  }

  get size(): number {
    return this.current.size;
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, entry] of this.current) if (entry.shard === shard) this.current.delete(runId);
    this.rebuild();
  }

  private dropReplaced(): void {
    for (let first = this.heap[0]; first && this.current.get(first.runId) !== first; first = this.heap[0]) this.pop();
  }

  private rebuild(): void {
    this.heap.length = 0;
    for (const entry of this.current.values()) this.push(entry);
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry).atMs <= entry.atMs) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (left >= heap.length) break;
      const child = right < heap.length && (heap[right] as Entry).atMs < (heap[left] as Entry).atMs ? right : left;
      if ((heap[child] as Entry).atMs >= last.atMs) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

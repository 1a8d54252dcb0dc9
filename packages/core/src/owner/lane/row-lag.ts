import type { RunId, ShardId } from '../../ids.js';

/** A turn that decides nothing leaves the row's status and wake causes behind, by this long at most. */
const rowLagMs = 1_000;

/** Runs whose row lags behind, with the instant at which it has to follow. They may be gone from memory by then. */
export class RowLag {
  private readonly behind = new Map<RunId, { readonly shard: ShardId; readonly dueAtMs: number }>();

  /** The row lags behind from now on, unless it does already. */
  note(runId: RunId, shard: ShardId, nowMs: number): void {
    if (!this.behind.has(runId)) this.behind.set(runId, { shard, dueAtMs: nowMs + rowLagMs });
  }

  caughtUp(runId: RunId): void {
    this.behind.delete(runId);
  }

  /** Removes and gives those whose row has to follow now. */
  takeDue(nowMs: number): readonly { readonly runId: RunId; readonly shard: ShardId }[] {
    const due: { runId: RunId; shard: ShardId }[] = [];
    for (const [runId, { shard, dueAtMs }] of this.behind) {
      if (dueAtMs > nowMs) break;
      due.push({ runId, shard });
    }
    for (const { runId } of due) this.behind.delete(runId);
    return due;
  }

  forgetShard(shard: ShardId): void {
    for (const [runId, lag] of this.behind) if (lag.shard === shard) this.behind.delete(runId);
  }

  /** The earliest, since all lag equally long. */
  get nextAtMs(): number | undefined {
    const [first] = this.behind.values();
    return first?.dueAtMs;
  }

  get size(): number {
    return this.behind.size;
  }
}

import type { RunId } from '../ids.js';

/** A turn that decides nothing leaves the row's status and wake causes behind, by this long at most. */
const rowLagMs = 1_000;

/** Runs whose row lags behind, with the instant from which it may not any longer. */
export class RowLag {
  private readonly dueAtMs = new Map<RunId, number>();

  /** True when the row has to follow now; begins to count when it is asked for the first time. */
  isOver(runId: RunId, nowMs: number): boolean {
    const due = this.dueAtMs.get(runId);
    if (due === undefined) this.dueAtMs.set(runId, nowMs + rowLagMs);
    return due !== undefined && due <= nowMs;
  }

  caughtUp(runId: RunId): void {
    this.dueAtMs.delete(runId);
  }

  due(nowMs: number): readonly RunId[] {
    const due: RunId[] = [];
    for (const [runId, atMs] of this.dueAtMs) {
      if (atMs > nowMs) break;
      due.push(runId);
    }
    return due;
  }

  get nextAtMs(): number | undefined {
    const [first] = this.dueAtMs.values();
    return first;
  }
}

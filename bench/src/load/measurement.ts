import { createHistogram } from 'node:perf_hooks';

export interface LatencyMs {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const usMax = 3_600_000_000;

/** What ended while it was open, with latencies to three digits. */
export class Measurement {
  completed = 0;
  errors = 0;
  private readonly latenciesUs = createHistogram({ lowest: 1, highest: usMax, figures: 3 });

  completedIn(latencyMs: number): void {
    this.completed += 1;
    this.latenciesUs.record(Math.min(Math.max(1, Math.round(latencyMs * 1_000)), usMax));
  }

  failed(): void {
    this.errors += 1;
  }

  /** Nothing when nothing was completed. */
  get latencyMs(): LatencyMs | null {
    if (this.completed === 0) return null;
    return { p50: this.percentileMs(50), p95: this.percentileMs(95), p99: this.percentileMs(99) };
  }

  private percentileMs(percentile: number): number {
    return Math.round(this.latenciesUs.percentile(percentile) / 10) / 100;
  }
}

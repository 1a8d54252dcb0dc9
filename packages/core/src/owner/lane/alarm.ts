import type { Clock } from '../../ports/clock.port.js';

/** One alarm on the clock, moved as the earliest instant changes. */
export class Alarm {
  private atMs = Number.POSITIVE_INFINITY;
  private cancelPending: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly onDue: () => void,
  ) {}

  /** Rings once at `atMs`, in place of what was set before; infinity is never. */
  set(atMs: number): void {
    if (atMs === this.atMs) return;
    this.cancel();
    this.atMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.cancelPending = this.clock.at(atMs, () => {
      this.atMs = Number.POSITIVE_INFINITY;
      this.onDue();
    });
  }

  cancel(): void {
    this.cancelPending?.();
    this.cancelPending = undefined;
    this.atMs = Number.POSITIVE_INFINITY;
  }
}

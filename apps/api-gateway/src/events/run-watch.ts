import type { Clock, HistoryEvent } from '@marathon/core';

/** How much of the live events a watcher that is slow keeps; what is more is read from the history later. */
const keptCharsMax = 256 * 1024;
const eventChars = 300;

/** The live events of one run for one watcher: hints, with gaps. */
export class RunWatch {
  private events: HistoryEvent[] = [];
  private chars = 0;
  private hasMissed = false;
  private wake: (() => void) | undefined;
  private closed = false;

  /** @param onClose is called once */
  constructor(
    private readonly clock: Clock,
    private readonly onClose: (watch: RunWatch) => void,
  ) {}

  get isClosed(): boolean {
    return this.closed;
  }

  /** @param events none when they were too large for a message */
  offer(events: readonly HistoryEvent[]): void {
    if (events.length === 0) this.hasMissed = true;
    for (const event of events) this.keep(event);
    this.wake?.();
  }

  /** What came since the last call; `hasMissed` when that is not all of it. */
  take(): { readonly events: readonly HistoryEvent[]; readonly hasMissed: boolean } {
    const taken = { events: this.events, hasMissed: this.hasMissed };
    this.events = [];
    this.chars = 0;
    this.hasMissed = false;
    return taken;
  }

  /** Resolves when something was offered, when the watch is closed, or at the instant `atMs`. */
  async somethingNew(atMs: number): Promise<void> {
    if (this.closed || this.hasMissed || this.events.length > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wake = resolve;
    const cancel = this.clock.at(atMs, resolve);
    await promise;
    cancel();
    this.wake = undefined;
  }

  /** Closing twice is fine. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose(this);
    this.wake?.();
  }

  private keep(event: HistoryEvent): void {
    this.chars += eventChars + (event.payload?.length ?? 0);
    if (this.chars <= keptCharsMax) this.events.push(event);
    else this.hasMissed = true;
  }
}

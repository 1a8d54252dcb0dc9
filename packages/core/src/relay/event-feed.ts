import type { RunId } from '../ids.js';
import type { RunEvents } from '../messages/message.js';
import type { Clock } from '../ports/clock.port.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import { publishSlimmed } from './publish-slimmed.js';

// Tells everybody who watches what commits added to histories.
//   F1  Events are hints: readers fill gaps by `seq`. What cannot be published is not told, and not kept.
//   F2  No work waits for them: what comes within 20 ms goes as one message, beside the tasks and answers of the commits.
//   F3  A message has 256 Ki characters or one commit's part of one run; four are under way at most, what comes then is not told.

const lingerMs = 20;
const messageCharsMax = 256 * 1_024;
const eventChars = 300;
const underWayMax = 4;

export class EventFeed {
  private waiting = new Map<RunId, RunEvents>();
  private waitingChars = 0;
  private cancelFlush: (() => void) | undefined;
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly publisher: MessagePublisher,
    private readonly clock: Clock,
  ) {}

  tell(runs: readonly RunEvents[]): void {
    for (const run of runs) this.add(run);
    if (this.waiting.size > 0) this.cancelFlush ??= this.clock.at(this.clock.now() + lingerMs, () => this.flush());
  }

  /** Publishes what waits. Resolves when all of it is published, or never will be. */
  async stop(): Promise<void> {
    this.flush();
    await Promise.all(this.underWay);
  }

  private add(run: RunEvents): void {
    const chars = run.events.reduce((sum, { payload }) => sum + eventChars + (payload?.length ?? 0), 0);
    if (this.waitingChars + chars > messageCharsMax) this.flush();
    const earlier = this.waiting.get(run.runId);
    this.waiting.set(run.runId, earlier ? { ...run, events: [...earlier.events, ...run.events] } : run);
    this.waitingChars += chars;
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    const runs = [...this.waiting.values()];
    this.waiting = new Map();
    this.waitingChars = 0;
    if (runs.length === 0 || this.underWay.size === underWayMax) return;
    const publishing = publishSlimmed(this.publisher, [{ kind: 'run-events', runs }])
      .catch(() => undefined)
      .finally(() => this.underWay.delete(publishing));
    this.underWay.add(publishing);
  }
}

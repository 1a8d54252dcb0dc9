import type { RunId } from '../ids.js';
import type { TurnMonitor } from '../ports/turn-monitor.port.js';

// Workflow code is fed in a callback of its own for each event, and every callback ends the turn before it.
//   T1  Node drains microtasks between two callbacks of `setImmediate`, so a turn has done all it can do when the next begins;
//       live execution and replay therefore see the same interleaving.
//   T2  One loop a process: at most one run is in its turn, whatever number of lanes feed.
//   T3  All turns of a batch are queued at once: Node runs them in one phase of its loop (0.5 µs each; a loop round each is 4 µs).
//   T4  A turn begins only when the callback that ends it comes in the same phase. Between two phases Node calls timers and I/O:
//       what they settle is foreign to the run, and must not come while it is in its turn.

/** One event for one run. */
export interface Turn {
  readonly runId: RunId;
  begin(): void;
  /** @returns the turn to come next, before everything that is queued. */
  end(): Turn | undefined;
}

export class TurnLoop {
  // Captured before anybody could replace it: a test's fake timers must not stop the engine.
  private readonly soon = globalThis.setImmediate;
  private readonly step = () => this.next();
  private readonly queue: Turn[] = [];
  private head = 0;
  private open: Turn | undefined;
  /** What the last turn asks to come next. */
  private followUp: Turn | undefined;
  /** Callbacks that this phase of the event loop still has, and those that the next one will have. */
  private left = 0;
  private coming = 0;

  constructor(private readonly monitor: TurnMonitor) {}

  run(turn: Turn): void {
    this.queue.push(turn);
    this.provide();
  }

  private next(): void {
    if (this.left === 0) {
      this.left = this.coming;
      this.coming = 0;
    }
    this.left--;
    this.endOpenTurn();
    const isOneMore = this.followUp !== undefined;
    if (this.left > 0) this.begin(this.take());
    if (isOneMore) this.provide();
  }

  private begin(turn: Turn | undefined): void {
    if (!turn) return;
    this.open = turn;
    this.monitor.turnBegan(turn.runId);
    turn.begin();
  }

  private endOpenTurn(): void {
    const ended = this.open;
    if (!ended) return;
    this.open = undefined;
    this.monitor.turnEnded();
    this.followUp = ended.end();
  }

  /** Sees to a callback for each turn that waits, and one more to end the last (T4). */
  private provide(): void {
    const waiting = this.queue.length - this.head + (this.followUp ? 1 : 0);
    const begunInThisPhase = Math.max(0, this.left - 1);
    const needed = waiting > begunInThisPhase ? waiting - begunInThisPhase + 1 : 0;
    for (; this.coming < needed; this.coming++) this.soon(this.step);
  }

  private take(): Turn | undefined {
    const { followUp } = this;
    this.followUp = undefined;
    if (followUp) return followUp;
    const turn = this.queue[this.head];
    if (!turn) return undefined;
    this.head++;
    if (this.head === this.queue.length) {
      this.queue.length = 0;
      this.head = 0;
    }
    return turn;
  }
}

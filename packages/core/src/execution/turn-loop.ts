import type { RunId } from '../ids.js';
import type { TurnMonitor } from '../ports/turn-monitor.port.js';

// Workflow code is fed in a callback of its own for each event, and every callback ends the turn before it.
//   T1  Node drains microtasks between two callbacks of `setImmediate`, so a turn has done all it can do when the next begins;
//       live execution and replay therefore see the same interleaving.
//   T2  One loop a process: at most one run is in its turn, whatever number of lanes feed.
//   T3  All turns of a batch are queued at once: Node runs them in one phase of its loop (0.5 µs each; a loop round each is 4 µs).

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

  constructor(private readonly monitor: TurnMonitor) {}

  run(turn: Turn): void {
    this.queue.push(turn);
    this.soon(this.step);
  }

  private next(): void {
    const turn = this.endOpenTurn() ?? this.take();
    if (!turn) return;
    this.open = turn;
    this.monitor.turnBegan(turn.runId);
    turn.begin();
    if (this.head === this.queue.length) this.soon(this.step);
  }

  private endOpenTurn(): Turn | undefined {
    const ended = this.open;
    if (!ended) return undefined;
    this.open = undefined;
    this.monitor.turnEnded();
    const followUp = ended.end();
    if (followUp) this.soon(this.step);
    return followUp;
  }

  private take(): Turn | undefined {
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

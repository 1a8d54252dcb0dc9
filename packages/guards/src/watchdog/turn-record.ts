import { type RunId, type TurnMonitor, runId as toRunId } from '@marathon/core';

const turnIndex = 0;
const debuggedIndex = 1;
const wordBytes = 8;
const idBytes = 36; // a UUID as text

/**
 * The turn that a process is in, in memory that its watchdog reads while the process is blocked. The counter is odd within a turn
 * and moves at both of its ends; the id is written before the turn begins, so that it stands still while the counter is odd.
 */
export class TurnRecord implements TurnMonitor {
  private readonly words: Int32Array;
  private readonly id: Uint8Array;
  private turn = 0;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(wordBytes + idBytes)) {
    this.words = new Int32Array(memory, 0, 2);
    this.id = new Uint8Array(memory, wordBytes, idBytes);
  }

  turnBegan(runId: RunId): void {
    const { id } = this;
    for (let index = 0; index < idBytes; index++) id[index] = runId.charCodeAt(index);
    this.turn = (this.turn + 1) | 0;
    Atomics.store(this.words, turnIndex, this.turn);
  }

  turnEnded(): void {
    this.turn = (this.turn + 1) | 0;
    Atomics.store(this.words, turnIndex, this.turn);
  }

  /** A number for each turn, or nothing between turns; for the other thread. */
  currentTurn(): number | undefined {
    const turn = Atomics.load(this.words, turnIndex);
    return turn % 2 === 0 ? undefined : turn;
  }

  /** The run of the current turn. */
  currentRunId(): RunId {
    return toRunId(String.fromCharCode(...this.id));
  }

  set isDebugged(isDebugged: boolean) {
    Atomics.store(this.words, debuggedIndex, isDebugged ? 1 : 0);
  }

  /** A debugger listens: whoever uses it may stop the process within a turn. */
  get isDebugged(): boolean {
    return Atomics.load(this.words, debuggedIndex) === 1;
  }
}

import { type RunId, type TurnMonitor, runId as toRunId } from '@marathon/core';

const turnIndex = 0;
const debuggedIndex = 1;
const idIndex = 2;
const idWords = 9; // a UUID as text, four characters a word

/**
 * The turn that a process is in, in memory that its watchdog reads while the process is blocked. The counter is odd within a turn
 * and moves at both of its ends; the id is written before the turn begins, so that it stands still while the counter is odd.
 */
export class TurnRecord implements TurnMonitor {
  private readonly words: Int32Array;
  private turn = 0;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer((idIndex + idWords) * Int32Array.BYTES_PER_ELEMENT)) {
    this.words = new Int32Array(memory);
  }

  turnBegan(runId: RunId): void {
    const { words } = this;
    for (let index = idIndex, at = 0; index < idIndex + idWords; index++, at += 4) {
      words[index] =
        runId.charCodeAt(at) | (runId.charCodeAt(at + 1) << 8) | (runId.charCodeAt(at + 2) << 16) | (runId.charCodeAt(at + 3) << 24);
    }
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
    const codes = [...this.words.subarray(idIndex)].flatMap((word) => [word, word >> 8, word >> 16, word >> 24].map((code) => code & 0xff));
    return toRunId(String.fromCharCode(...codes));
  }

  set isDebugged(isDebugged: boolean) {
    Atomics.store(this.words, debuggedIndex, isDebugged ? 1 : 0);
  }

  /** A debugger listens: whoever uses it may stop the process within a turn. */
  get isDebugged(): boolean {
    return Atomics.load(this.words, debuggedIndex) === 1;
  }
}

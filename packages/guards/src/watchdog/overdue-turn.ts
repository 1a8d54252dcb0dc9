import type { TurnRecord } from './turn-record.js';

/**
 * Finds turns that last too long by counting the watchdog's own ticks, never by a clock: while the process is stopped or the
 * machine sleeps, the watchdog does not tick either.
 */
export class OverdueTurn {
  private turn: number | undefined;
  private ticks = 0;

  constructor(
    private readonly record: Pick<TurnRecord, 'currentTurn' | 'isDebugged'>,
    private readonly ticksMax: number,
  ) {}

  /** @returns the turn that is overdue now; its count begins anew. */
  tick(): number | undefined {
    const turn = this.record.currentTurn();
    const goesOn = turn !== undefined && turn === this.turn && !this.record.isDebugged;
    this.turn = turn;
    this.ticks = goesOn ? this.ticks + 1 : 0;
    if (this.ticks < this.ticksMax) return undefined;
    this.ticks = 0;
    return turn;
  }
}

import { Random } from './random.js';

/** Chance as the code of a run sees it: the same on every replay. */
export class Chance {
  private readonly inTurns: Random;
  private betweenTurns: Random | undefined;

  constructor(private readonly runId: string) {
    this.inTurns = new Random(runId);
  }

  /** What a callback draws that runs in the run's scope between turns must not move what the code draws in them. */
  source(isInTurn: boolean): Random {
    if (isInTurn) return this.inTurns;
    this.betweenTurns ??= new Random(`${this.runId} between its turns`);
    return this.betweenTurns;
  }
}

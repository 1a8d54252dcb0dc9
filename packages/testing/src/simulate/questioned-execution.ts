import { Execution } from '@marathon/core';

/** An execution whose queries are asked after each turn, twice each. */
export class QuestionedExecution extends Execution {
  /** Queries that answered otherwise the second time. */
  readonly changing = new Set<string>();
  wasAsked = false;

  override endTurn(): ReturnType<Execution['endTurn']> {
    const commands = super.endTurn();
    for (const name of this.queryNames()) {
      this.wasAsked = true;
      const answers = [this.ask(name), this.ask(name)];
      if (answers[0] !== answers[1]) this.changing.add(name);
    }
    return commands;
  }

  private queryNames(): readonly string[] {
    const answer = this.answer('', undefined);
    this.endLook();
    return answer.outcome === 'unknown' ? answer.names : [];
  }

  private ask(name: string): string {
    const answer = this.answer(name, undefined);
    this.endLook();
    return JSON.stringify(answer);
  }
}

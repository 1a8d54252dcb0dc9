import { Execution } from '../../execution/execution.js';
import type { QueryAnswer } from '../../execution/query-handlers.js';
import type { Turn, TurnLoop } from '../../execution/turn-loop.js';
import type { RunId } from '../../ids.js';
import type { Message, QueryRequestedMessage, RunAnsweredMessage } from '../../messages/message.js';
import type { StoredRun } from '../../ports/run-store.port.js';
import type { Run } from '../../run/run.js';
import { RunState } from '../../run/run-state.js';
import type { LaneServices } from '../lane/lane-services.js';
import type { RunLoader } from '../lane/run-loader.js';
import type { RunWork } from '../lane/run-work.js';

// Gateways that ask the code of a run something.
//   Q1  A query is answered by code that stands where the history ends: after the commit of its batch. It leaves no trace.
//   Q2  The code of a closed or suspended run is brought to where it stopped, asked, and let go again.
//   Q3  Code whose handler did more than look is let go: a replay brings back what it was.
//   Q4  An answer is told only by the shard's owner: the epochs are proven after it was computed.

type Answer = QueryAnswer | { readonly outcome: 'unanswerable'; readonly reason: string };

export class Queries {
  constructor(
    private readonly services: Pick<LaneServices, 'store' | 'turns'>,
    private readonly loader: RunLoader,
    /** The run's code has been let go (Q3). */
    private readonly onSpoiled: (run: Run) => void,
  ) {}

  /** What is told to those who asked, now that the batch is committed. */
  async answers(works: readonly RunWork[]): Promise<readonly Message[]> {
    const asked = works.filter(({ queries, foreignShard }) => queries && foreignShard === undefined);
    const answered: { readonly work: RunWork; readonly message: RunAnsweredMessage }[] = [];
    for (const work of asked) {
      for (const query of work.queries ?? []) {
        const { runId, replyTo: to } = query;
        answered.push({ work, message: { kind: 'run-answered', to, runId, ...(await this.answer(work, query)) } });
      }
    }
    const owned = await this.services.store.ownedShards([...new Map(asked.map(({ shard }) => [shard.id, shard])).values()]);
    return answered.filter(({ work }) => owned.has(work.shard.id)).map(({ message }) => message);
  }

  private async answer(work: RunWork, query: QueryRequestedMessage): Promise<Answer> {
    const { run, runId } = work;
    if (work.isUnknown) return unanswerable('there is no such run');
    if (run?.state.startsAtMs !== undefined) return unanswerable('the run has not begun: its start was delayed');
    if (run?.state.runsCode && run.execution?.hasStarted) {
      const { answer, isSpoiled } = await ask(run.execution, query, this.services.turns);
      if (isSpoiled) this.onSpoiled(run);
      return answer;
    }
    return this.answerFromHistory(work.closed ?? (await this.services.store.loadRuns([runId])).runs[0], query);
  }

  private async answerFromHistory(stored: StoredRun | undefined, query: QueryRequestedMessage): Promise<Answer> {
    if (!stored) return unanswerable('there is no such run');
    const code = await this.loader.codeOf(stored);
    if (!(code instanceof Execution)) return unanswerable(`its code cannot be brought to where it was: ${code.message}`);
    if (!code.hasStarted) return unanswerable(neverBegan(stored));
    const { answer } = await ask(code, query, this.services.turns);
    code.abandon();
    return answer;
  }
}

function neverBegan({ history }: StoredRun): string {
  const { suspension } = RunState.of(history);
  return suspension ? `it is suspended, and nothing that its code did is recorded: ${suspension.message}` : 'its code never began';
}

const unanswerable = (reason: string): Answer => ({ outcome: 'unanswerable', reason });

function ask(
  execution: Execution,
  query: QueryRequestedMessage,
  turns: TurnLoop,
): Promise<{ readonly answer: QueryAnswer; readonly isSpoiled: boolean }> {
  return new Promise((resolve) => turns.run(new QueryTurn(execution, query, (answer, isSpoiled) => resolve({ answer, isSpoiled }))));
}

class QueryTurn implements Turn {
  private answer: QueryAnswer | undefined;

  constructor(
    private readonly execution: Execution,
    private readonly query: QueryRequestedMessage,
    private readonly onAnswered: (answer: QueryAnswer, isSpoiled: boolean) => void,
  ) {}

  get runId(): RunId {
    return this.execution.runId;
  }

  begin(): void {
    this.answer = this.execution.answer(this.query.name, this.query.input);
  }

  end(): undefined {
    const isSpoiled = !this.execution.endLook();
    if (isSpoiled) this.execution.abandon();
    this.onAnswered(this.answer as QueryAnswer, isSpoiled);
  }
}

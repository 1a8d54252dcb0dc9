import {
  type NewRequest,
  type OutboxEntryId,
  type RequestIntake,
  type RequestOutcome,
  type RunIntake,
  type RunRequest,
  type RunStart,
  type StartOutcome,
  StoreUnavailableError,
} from '@marathon/core';
import type { Executor } from './connections/executor.js';
import { acceptRequests } from './sql/accept-requests.js';
import { explainRequests } from './sql/explain-requests.js';
import { explainStarts } from './sql/explain-starts.js';
import { startRuns } from './sql/start-runs.js';

// A start or a request that got nothing is explained by a later statement, which sees what was committed meanwhile; what stood in its
// way may be gone by then (a run closed, or was continued), and it is tried again.
const roundsMax = 10;

/**
 * How work comes in, over a connection for starts and another for requests, so that neither waits for the other.
 * Both methods may throw StoreUnavailableError or CommitOutcomeUnknownError; both are retryable, and only a key makes the retry the same.
 */
export class PostgresRunIntake implements RunIntake {
  constructor(
    private readonly startConnection: Executor,
    private readonly requestConnection: Executor,
  ) {}

  /**
   * Starts that had to be tried again have an entry of their own, which is not returned beside the first: the sweeper will
   * publish it once more.
   */
  async start(
    source: string,
    starts: readonly RunStart[],
  ): Promise<{ readonly outcomes: readonly StartOutcome[]; readonly entry: OutboxEntryId | undefined }> {
    let entry: OutboxEntryId | undefined;
    const outcomes = await inRounds(starts, async (open) => {
      const round = await startRuns(this.startConnection, source, open);
      entry ??= round.entry;
      const losers = open.filter(({ runId }) => !round.started.has(runId));
      const explained = losers.length ? await explainStarts(this.startConnection, losers) : [];
      const reasons = new Map(losers.map((start, i) => [start, explained[i]]));
      return open.map((start): StartOutcome | undefined => (round.started.has(start.runId) ? { outcome: 'started' } : reasons.get(start)));
    });
    return { outcomes, entry };
  }

  async request(requests: readonly RequestIntake[]): Promise<readonly RequestOutcome[]> {
    return inRounds(requests, async (open) => {
      const accepted = await acceptRequests(this.requestConnection, open);
      const others = open.filter((_, i) => !accepted[i]);
      const explained = others.length ? await explainRequests(this.requestConnection, others) : [];
      const reasons = new Map(others.map((request, i) => [request, explained[i]]));
      return open.map((intake, i): RequestOutcome | undefined => {
        const row = accepted[i];
        if (!row) return reasons.get(intake);
        return { outcome: 'accepted', runId: row.runId, shard: row.shard, request: numbered(intake.request, row.n) };
      });
    });
  }
}

const numbered = (request: NewRequest, n: number): RunRequest => ({ ...request, n }) as RunRequest;

/** Gives every item its outcome, asking `round` again for those that have none yet. */
async function inRounds<Item, Outcome>(
  items: readonly Item[],
  round: (open: readonly Item[]) => Promise<readonly (Outcome | undefined)[]>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  let open = items.map((item, place) => ({ item, place }));
  for (let rounds = 0; open.length > 0; rounds++) {
    if (rounds === roundsMax) throw new StoreUnavailableError(`${open.length} runs opened and closed faster than they could be asked`);
    const answers = await round(open.map(({ item }) => item));
    for (const [i, { place }] of open.entries()) {
      const answer = answers[i];
      if (answer !== undefined) outcomes[place] = answer;
    }
    open = open.filter((_, i) => answers[i] === undefined);
  }
  return outcomes;
}

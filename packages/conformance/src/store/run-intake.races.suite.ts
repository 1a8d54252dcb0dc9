import { expect, it } from '@jest/globals';
import type { HistoryEvent, RequestOutcome, RunAdvance, RunId, StartOutcome, StoredRun } from '@marathon/core';
import { advance, completion, continuation, namespace, type OpenRun, runStart, signalReceived, source, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeIntakeRaces(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('lets one of two intakes start a workflow id, and tells the other its run', async () => {
    const intakes = [fixture().intake, fixture().world.openRunIntake()];
    for (let round = 0; round < 10; round++) {
      const ids = Array.from({ length: 20 }, (_, i) => `workflow-${round}-${i}`);
      const batches = [ids, ids.toReversed()].map((order) => order.map((workflowId) => runStart(fixture().shards[0], { workflowId })));

      const answers = await Promise.all(intakes.map((intake, i) => intake.start(source, batches[i]!)));

      for (const id of ids) {
        const answered = batches.map((batch, i) => {
          const at = batch.findIndex(({ started }) => started.data.workflowId === id);
          return { start: batch[at]!, outcome: answers[i]!.outcomes[at]! };
        });
        const winner = answered.filter(({ outcome }) => outcome.outcome === 'started');
        const loser = answered.filter(({ outcome }) => outcome.outcome === 'open');
        expect([winner.length, loser.length]).toEqual([1, 1]);
        expect(loser[0]!.outcome).toEqual({ outcome: 'open', runId: winner[0]!.start.runId, status: 'Pending' });
        expect(await fixture().store.loadRuns([loser[0]!.start.runId])).toEqual([]);
      }
    }
  });

  it('starts one run for one key from two intakes, whatever the workflow ids', async () => {
    const intakes = [fixture().intake, fixture().world.openRunIntake()];
    for (let round = 0; round < 10; round++) {
      const keys = Array.from({ length: 20 }, (_, i) => `key-${round}-${i}`);
      const batches = [keys, keys.toReversed()].map((order) =>
        order.map((idempotencyKey) => ({ ...runStart(fixture().shards[0]), idempotencyKey, fingerprint: 'same' })),
      );

      const answers = await Promise.all(intakes.map((intake, i) => intake.start(source, batches[i]!)));

      for (const key of keys) {
        const outcomes = batches.map((batch, i) => answers[i]!.outcomes[batch.findIndex(({ idempotencyKey }) => idempotencyKey === key)]!);
        expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['repeated', 'started']);
      }
    }
  });

  it('answers a start that meets a closing run with that run or with a new one', async () => {
    for (let round = 0; round < 20; round++) {
      const workflowId = `workflow-${round}`;
      const run = await fixture().startRun({ workflowId });
      const next = runStart(fixture().shards[0], { workflowId });

      const [{ outcomes }] = await Promise.all([fixture().intake.start(source, [next]), fixture().commit(completion(run))]);

      const [outcome] = outcomes as [StartOutcome];
      if (outcome.outcome === 'open') expect(outcome.runId).toBe(run.runId);
      else expect(outcome.outcome).toBe('started');
      expect(await fixture().store.loadRuns([next.runId])).toHaveLength(outcome.outcome === 'started' ? 1 : 0);
    }
  });

  it('loses no request and repeats no number when two intakes ask the same runs', async () => {
    const runs = await fixture().startRuns(20);
    const intakes = [fixture().intake, fixture().world.openRunIntake()];
    const orders = [runs, runs.toReversed()];

    const answers = await Promise.all(
      intakes.map(async (intake, i) => {
        const outcomes: RequestOutcome[] = [];
        for (let round = 0; round < 10; round++) {
          outcomes.push(
            ...(await intake.request(orders[i]!.flatMap((run) => [signalOf(run, `${i}-${round}-a`), signalOf(run, `${i}-${round}-b`)]))),
          );
        }
        return outcomes;
      }),
    );

    const expected = Array.from({ length: 40 }, (_, i) => i + 1);
    const byRun = numbersByRun(answers.flat());
    for (const run of runs) {
      expect(byRun.get(run.runId)!.toSorted((a, b) => a - b)).toEqual(expected);
      expect((await fixture().store.readRequests([run.runId])).map(({ request }) => request.n)).toEqual(expected);
    }
    for (const outcomes of answers)
      for (const numbers of numbersByRun(outcomes).values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('records every accepted request once and in order while its run continues and closes (L1, L3)', async () => {
    const chains = (await fixture().startRuns(8)).map((run) => new Chain(run));
    const workflows = chains.map(({ run }) => run);
    let signalling = 2;

    const signals = [fixture().intake, fixture().world.openRunIntake()].map(async (intake, i) => {
      const outcomes: RequestOutcome[] = [];
      for (let round = 0; round < 15; round++) {
        outcomes.push(...(await intake.request((i ? workflows : workflows.toReversed()).map((run) => signalOf(run, `${i}-${round}`)))));
      }
      signalling -= 1;
      return outcomes;
    });
    for (let round = 0; signalling > 0; round++) await stepAll(chains, round % 2 ? 'record' : 'continue');
    while (chains.some(({ isClosed }) => !isClosed)) await stepAll(chains, 'close');

    const answered = (await Promise.all(signals)).flat();
    expect(answered.map(({ outcome }) => outcome)).toEqual(answered.map(() => 'accepted'));
    expect(namesInHistories(await fixture().store.loadRuns(chains.flatMap(({ runIds }) => runIds)))).toEqual(namesAccepted(answered));
    expect(await fixture().store.readRequests(chains.flatMap(({ runIds }) => runIds))).toEqual([]);
  });

  const signalOf = (run: OpenRun, name: string) => ({ namespace, workflowId: run.workflowId, request: { kind: 'signal', name } }) as const;

  async function stepAll(chains: readonly Chain[], step: 'record' | 'continue' | 'close'): Promise<void> {
    const open = chains.filter(({ isClosed }) => !isClosed);
    const waiting = await fixture().store.readRequests(open.map(({ run }) => run.runId));
    const advances = open.map((chain) =>
      chain.next(
        step,
        waiting.flatMap(({ runId, request }) => (runId === chain.run.runId && request.kind === 'signal' ? [request] : [])),
      ),
    );
    const { advanced } = await fixture().commit(...advances);
    for (const [i, chain] of open.entries()) if (advanced.has(advances[i]!.runId)) chain.follow(advances[i]!);
  }
}

/** An owner's view of a run and its successors. */
class Chain {
  readonly runIds: RunId[];
  isClosed = false;
  private seq = 1;
  private taken = 0;

  constructor(public run: OpenRun) {
    this.runIds = [run.runId];
  }

  next(step: 'record' | 'continue' | 'close', signals: readonly { readonly n: number; readonly name: string }[]): RunAdvance {
    const recorded: HistoryEvent[] = signals.map(({ n, name }, i) => signalReceived(this.seq + 1 + i, n, { name }));
    const taken = this.taken + signals.length;
    const expectedSeq = this.seq;
    const lastSeq = expectedSeq + recorded.length;
    if (step === 'record') return advance(this.run, { expectedSeq, events: recorded, taken });
    const ended =
      step === 'close' ? completion(this.run, { expectedSeq: lastSeq, taken }) : continuation(this.run, { expectedSeq: lastSeq, taken });
    return { ...ended, expectedSeq, events: [...recorded, ...ended.events] };
  }

  follow(step: RunAdvance): void {
    this.seq = step.expectedSeq + step.events.length;
    this.taken = step.taken;
    if (step.successor) {
      this.run = { ...this.run, runId: step.successor.runId };
      this.runIds.push(step.successor.runId);
      this.seq = 1;
      this.taken = 0;
    }
    this.isClosed = step.status === 'Completed';
  }
}

function numbersByRun(outcomes: readonly RequestOutcome[]): Map<RunId, number[]> {
  const numbers = new Map<RunId, number[]>();
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'accepted') throw new Error(`a request was answered ${outcome.outcome}`);
    numbers.set(outcome.runId, [...(numbers.get(outcome.runId) ?? []), outcome.request.n]);
  }
  return numbers;
}

type Named = Record<RunId, readonly (readonly [n: number, name: string])[]>;

/** By run, what was answered 202, by ascending number. */
function namesAccepted(outcomes: readonly RequestOutcome[]): Named {
  const signals = outcomes.flatMap((outcome) => (outcome.outcome === 'accepted' && outcome.request.kind === 'signal' ? [outcome] : []));
  const byRun = Map.groupBy(signals, ({ runId }) => runId);
  return Object.fromEntries(
    [...byRun].map(([runId, accepted]) => [
      runId,
      accepted.map(({ request }) => [request.n, request.kind === 'signal' ? request.name : ''] as const).toSorted(([a], [b]) => a - b),
    ]),
  );
}

function namesInHistories(runs: readonly StoredRun[]): Named {
  return Object.fromEntries(
    runs
      .map(
        ({ runId, history }) =>
          [runId, history.flatMap((event) => (event.type === 'SignalReceived' ? [[event.data.n, event.data.name] as const] : []))] as const,
      )
      .filter(([, names]) => names.length > 0),
  );
}

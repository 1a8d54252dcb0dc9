import { expect, it } from '@jest/globals';
import type { RequestOutcome, RunId, RunIntake, StartOutcome } from '@marathon/core';
import { contend } from './contention.js';
import { completion, namespace, type OpenRun, runStart, source, useFixture } from './fixture.js';
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
        expect(await fixture().store.loadRuns([loser[0]!.start.runId])).toEqual({ runs: [], left: [] });
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

  it('starts nothing for a signal that a run gets under its key, however fast that closes', async () => {
    const intakes = [fixture().intake, fixture().world.openRunIntake()];
    for (let round = 0; round < 20; round++) {
      const workflowId = `workflow-${round}`;
      const run = await fixture().startRun({ workflowId });
      const idempotencyKey = `key-${round}`;
      const retry = () => ({
        ...runStart(fixture().shards[0], { workflowId }),
        idempotencyKey,
        fingerprint: 'same',
        signalFingerprint: 'go',
      });
      const request = { kind: 'signal', name: 'go' } as const;
      const signalAndClose = async () => {
        await intakes[1]!.request([{ namespace, workflowId, request, idempotencyKey, fingerprint: 'go' }]);
        await fixture().commit(completion(run, { taken: 1 }));
      };
      const retries = async (intake: RunIntake) => {
        const outcomes: StartOutcome[] = [];
        for (let i = 0; i < 5; i++) outcomes.push(...(await intake.start(source, [retry()])).outcomes);
        return outcomes;
      };

      const [outcomes] = await Promise.all([Promise.all(intakes.map(retries)), signalAndClose()]);

      for (const outcome of outcomes.flat())
        expect(outcome).toMatchObject({ outcome: expect.stringMatching(/^(open|signaled)$/), runId: run.runId });
      expect((await fixture().intake.start(source, [retry()])).outcomes).toMatchObject([{ outcome: 'signaled', status: 'Completed' }]);
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
      expect((await fixture().store.loadRuns([next.runId])).runs).toHaveLength(outcome.outcome === 'started' ? 1 : 0);
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
      expect((await fixture().requestsOf(run.runId)).map(({ request }) => request.n)).toEqual(expected);
    }
    for (const outcomes of answers)
      for (const numbers of numbersByRun(outcomes).values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('records every accepted request once and in order while runs continue, close and start again (L1, L3)', async () => {
    const { accepted, recorded, left } = await contend(fixture(), { workflows: 5, rounds: 15 });

    expect(Object.keys(accepted).length).toBeGreaterThan(10);
    expect(recorded).toEqual(accepted);
    expect(left).toEqual([]);
  });

  const signalOf = (run: OpenRun, name: string) => ({ namespace, workflowId: run.workflowId, request: { kind: 'signal', name } }) as const;
}

function numbersByRun(outcomes: readonly RequestOutcome[]): Map<RunId, number[]> {
  const numbers = new Map<RunId, number[]>();
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'accepted') throw new Error(`a request was answered ${outcome.outcome}`);
    numbers.set(outcome.runId, [...(numbers.get(outcome.runId) ?? []), outcome.request.n]);
  }
  return numbers;
}

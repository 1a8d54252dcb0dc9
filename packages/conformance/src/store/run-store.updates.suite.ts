import { expect, it } from '@jest/globals';
import type { AcceptedUpdate, HistoryEvent, RunAdvance } from '@marathon/core';
import { advance, completion, continuation, type OpenRun, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeUpdates(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  const accepting = (...ns: readonly number[]): { readonly accepted: readonly AcceptedUpdate[]; readonly taken: number } => ({
    accepted: ns.map((n) => ({ n, idempotencyKey: `u${n}`, fingerprint: `f${n}` })),
    taken: ns.at(-1) ?? 0,
  });
  const intake = (workflowId: string, key: string, fingerprint?: string) =>
    ({
      namespace: 'default',
      workflowId,
      request: { kind: 'update', updateId: key, name: 'go' },
      idempotencyKey: key,
      ...(fingerprint !== undefined && { fingerprint }),
    }) as const;

  it('numbers and keys the updates that their owner accepts (L6)', async () => {
    const [run, other] = await fixture().startRuns(2);
    const { advanced } = await fixture().commit(advance(run!, accepting(1, 2)), advance(other!));
    expect(advanced.size).toBe(2);
    expect((await fixture().load(run!.runId)).requestsAccepted).toBe(2);
    expect((await fixture().load(other!.runId)).requestsAccepted).toBe(0);

    const { workflowId, runId } = run!;
    const outcomes = await fixture().intake.request([intake(workflowId, 'u1', 'f1'), intake(workflowId, 'u2', 'f0')]);
    expect(outcomes).toMatchObject([{ outcome: 'repeated', runId }, { outcome: 'key-reused' }]);
    expect(await fixture().intake.request([intake(workflowId, 'u3')])).toMatchObject([{ outcome: 'accepted', request: { n: 3 } }]);
  });

  it('refuses the advance when another request was accepted, and says how many there are (L6)', async () => {
    const run = await fixture().startRun();
    await fixture().intake.request([intake(run.workflowId, 'u9')]);
    expect((await fixture().commit(advance(run, accepting(1)))).advanced.size).toBe(0);
    expect(await fixture().store.explainRefusals([run.runId])).toMatchObject([{ lastSeq: 1, requestsAccepted: 1 }]);
    expect((await fixture().load(run.runId)).requestsAccepted).toBe(1);
  });

  it('refuses the advance when a key is known, and leaves the others of the batch and its keys alone (L6)', async () => {
    const [run, other] = await fixture().startRuns(2);
    const { workflowId } = run!;
    await fixture().intake.request([intake(workflowId, 'u3')]);
    await fixture().commit(advance(run!, { taken: 1 }));
    const { accepted, taken } = accepting(2, 3);
    const { advanced } = await fixture().commit(advance(run!, { expectedSeq: 2, accepted, taken }), advance(other!, accepting(1)));
    expect([...advanced]).toEqual([other!.runId]);
    expect(await fixture().intake.request([intake(workflowId, 'u2')])).toMatchObject([{ outcome: 'accepted', request: { n: 2 } }]);
  });

  it('closes a run with the updates that its last advance accepts (L3)', async () => {
    const [run, late] = await fixture().startRuns(2);
    await fixture().intake.request([intake(late!.workflowId, 'u9')]);
    const { advanced } = await fixture().commit(completion(run!, accepting(1)), completion(late!, accepting(1)));
    expect([...advanced]).toEqual([run!.runId]);
  });

  it('records an update once that its owner and two gateways accept at the same time (L6)', async () => {
    const runs = await fixture().startRuns(20);
    const owned = runs.map((run) => new OwnedRun(run));
    const gateways = [runs, runs.toReversed()].map((order) => ({ order, intake: fixture().world.openRunIntake() }));
    const keys = Array.from({ length: 20 }, (_, i) => `u${i}`);
    const commit = async (advances: readonly RunAdvance[]) => {
      const { advanced } = await fixture().commit(...advances);
      for (const [i, run] of owned.entries()) if (advanced.has(run.runId)) run.follow(advances[i] as RunAdvance);
    };
    for (const key of keys) {
      const requested = gateways.map((gateway) =>
        gateway.intake.request(gateway.order.map(({ workflowId }) => intake(workflowId, key, 'f'))),
      );
      await Promise.all([commit(owned.map((run) => run.accepting(key))), ...requested]);
      const waiting = Map.groupBy(await fixture().requestsOf(...runs.map(({ runId }) => runId)), ({ runId }) => runId);
      await commit(owned.map((run) => run.taking(waiting.get(run.runId)?.length ?? 0, key)));
    }

    const { runs: stored } = await fixture().store.loadRuns(runs.map(({ runId }) => runId));
    for (const { history, requestsAccepted } of stored) {
      const received = history.flatMap((event) => (event.type === 'UpdateReceived' ? [event.data] : []));
      expect(received.map(({ n, updateId }) => [n, updateId])).toEqual(keys.map((key, i) => [i + 1, key]));
      expect(requestsAccepted).toBe(keys.length);
    }
  });

  it('knows the keys in the runs that continue the run', async () => {
    const run = await fixture().startRun();
    await fixture().commit(advance(run, accepting(1)));
    const step = continuation(run, { expectedSeq: 2, taken: 1 });
    await fixture().commit(step);
    const successor = { ...run, runId: step.successor.runId };
    expect((await fixture().commit(advance(successor, accepting(1)))).advanced.size).toBe(0);
    expect((await fixture().commit(advance(successor))).advanced.size).toBe(1);
  });
}

/** A run as its owner knows it. */
class OwnedRun {
  readonly runId: OpenRun['runId'];
  private seq = 1;
  private taken = 0;

  constructor(private readonly run: OpenRun) {
    this.runId = run.runId;
  }

  accepting(key: string): RunAdvance {
    return { ...this.taking(1, key), accepted: [{ n: this.taken + 1, idempotencyKey: key, fingerprint: 'f' }] };
  }

  /** As many updates as wait. */
  taking(count: number, updateId: string): RunAdvance {
    const events = Array.from({ length: count }, (_, i): HistoryEvent => {
      const data = { n: this.taken + i + 1, updateId, name: 'go' };
      return { seq: this.seq + i + 1, type: 'UpdateReceived', at: Date.now(), data };
    });
    return advance(this.run, { expectedSeq: this.seq, events, taken: this.taken + count });
  }

  follow({ events, taken }: RunAdvance): void {
    this.seq += events.length;
    this.taken = taken;
  }
}

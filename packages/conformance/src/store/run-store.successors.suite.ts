import { expect, it } from '@jest/globals';
import { advance, completion, continuation, namespace, type OpenRun, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeSuccessors(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('goes on under the same workflow id, which is never free in between (L1)', async () => {
    const run = await fixture().startRun();
    const step = continuation(run);

    const { advanced } = await fixture().commit(step);

    expect(advanced).toEqual(new Set([run.runId]));
    expect(await fixture().load(run.runId)).toMatchObject({ status: 'ContinuedAsNew', lastSeq: 2 });
    expect(await fixture().load(step.successor.runId)).toEqual({
      runId: step.successor.runId,
      shard: run.shard.id,
      status: 'Pending',
      lastSeq: 1,
      requestsAccepted: 0,
      history: [step.successor.started],
      heartbeats: [],
    });
    expect(await fixture().world.reader.find(namespace, run.workflowId)).toMatchObject({ runId: step.successor.runId, workflow: 'order' });
  });

  it('names both runs in its entry (L1)', async () => {
    const run = await fixture().startRun();
    const step = continuation(run);

    await fixture().commit(step);

    expect(await fixture().outboxReferences()).toEqual(
      expect.arrayContaining([
        { runId: run.runId, afterSeq: 1, toSeq: 2 },
        { runId: step.successor.runId, afterSeq: 0, toSeq: 1 },
      ]),
    );
  });

  it('is not there when its predecessor was refused, and the others of the batch are (L1)', async () => {
    const [refused, good] = await fixture().startRuns(2);
    const [lost, kept] = [continuation(refused!, { expectedSeq: 9 }), continuation(good!)];

    const { advanced } = await fixture().commit(lost, kept);

    expect(advanced).toEqual(new Set([good!.runId]));
    expect(await fixture().store.loadRuns([lost.successor.runId])).toEqual({ runs: [], left: [] });
    expect((await fixture().store.loadRuns([kept.successor.runId])).runs).toHaveLength(1);
    expect(await fixture().world.reader.find(namespace, refused!.workflowId)).toMatchObject({ runId: refused!.runId, status: 'Pending' });
  });

  it('continues again and again, many runs in one batch, and closes', async () => {
    let runs: readonly OpenRun[] = await fixture().startRuns(50);
    for (let round = 0; round < 3; round++) {
      const steps = runs.map((run) => continuation(run));
      expect((await fixture().commit(...steps)).advanced.size).toBe(50);
      runs = runs.map((run, i) => ({ ...run, runId: steps[i]!.successor.runId }));
    }
    expect((await fixture().commit(...runs.map((run) => advance(run)))).advanced.size).toBe(50);
    expect((await fixture().commit(...runs.map((run) => completion(run, { expectedSeq: 2 })))).advanced.size).toBe(50);
  });

  it('numbers its requests from 1', async () => {
    const run = await fixture().startRun();
    const request = { namespace, workflowId: run.workflowId, request: { kind: 'signal', name: 'go' } } as const;
    await fixture().intake.request([request]);
    const step = continuation(run, { taken: 1 });
    await fixture().commit(step);

    expect(await fixture().intake.request([request])).toMatchObject([
      { outcome: 'accepted', runId: step.successor.runId, request: { n: 1 } },
    ]);
  });

  it('wakes up when its start says so', async () => {
    const run = await fixture().startRun();
    const step = continuation(run);
    const soon = Date.now() + 1_000;

    await fixture().commit({ ...step, successor: { ...step.successor, wakesAtMs: soon } });

    const wakeUps = await fixture().store.readWakeUps([run.shard.id], soon, 10);
    expect(wakeUps.map(({ runId }) => runId)).toEqual([step.successor.runId]);
  });
}

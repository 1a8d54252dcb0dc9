import { expect, it } from '@jest/globals';
import type { OwnedShard } from '@marathon/core';
import { advance, completion, continuation, signalReceived, source, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeFencing(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('raises the epoch each time a shard is gained, in the order asked for (L2)', async () => {
    const [first, second] = fixture().shards;

    const gained = await fixture().world.openRunStore().gainShards([second, first], 'owner-2');

    expect(gained).toEqual([
      { ...second, epoch: second.epoch + 1 },
      { ...first, epoch: first.epoch + 1 },
    ]);
  });

  it('gives every one of many gains an epoch of its own (L2)', async () => {
    const stores = Array.from({ length: 5 }, () => fixture().world.openRunStore());

    const gained = await Promise.all(
      stores.map((store, i) => store.gainShards(i % 2 ? fixture().shards : fixture().shards.toReversed(), `owner-${i}`)),
    );

    for (const shard of fixture().shards) {
      const epochs = gained.map((shards) => shards.find(({ id }) => id === shard.id)!.epoch);
      expect(epochs.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5].map((raise) => shard.epoch + raise));
    }
  });

  it('tells which shards are still owned', async () => {
    const [lost, kept] = fixture().shards;
    expect(await fixture().store.ownedShards(fixture().shards)).toEqual(new Set([lost.id, kept.id]));

    await fixture().world.openRunStore().gainShards([lost], 'owner-2');

    expect(await fixture().store.ownedShards(fixture().shards)).toEqual(new Set([kept.id]));
    expect(await fixture().store.ownedShards([])).toEqual(new Set());
  });

  it('writes nothing for a shard that was lost, and commits the runs of the one that was kept (L1, L2)', async () => {
    const [lost, kept] = fixture().shards;
    const mine = await fixture().startRun({ shardIndex: 1 });
    const [stepping, closing, continuing] = await fixture().startRuns(3, { shardIndex: 0 });
    await fixture().world.openRunStore().gainShards([lost], 'owner-2');
    const successor = continuation(continuing!);

    const { advanced } = await fixture().commit(
      advance(stepping!, { wakesAtMs: Date.now() + 1_000 }),
      completion(closing!),
      successor,
      advance(mine),
    );

    expect(advanced).toEqual(new Set([mine.runId]));
    for (const run of [stepping, closing, continuing]) {
      expect(await fixture().load(run!.runId)).toMatchObject({ lastSeq: 1, status: 'Pending', history: [{ seq: 1 }] });
    }
    expect(await fixture().store.loadRuns([successor.successor.runId])).toEqual({ runs: [], left: [] });
    expect(await fixture().store.readWakeUps([lost.id, kept.id], Date.now() + 2_000, 10)).toEqual([]);
    expect((await fixture().outboxReferences()).filter(({ afterSeq }) => afterSeq > 0)).toEqual([
      { runId: mine.runId, afterSeq: 1, toSeq: 2 },
    ]);
  });

  it('commits for the new owner of a shard (L2)', async () => {
    const run = await fixture().startRun();
    const store = fixture().world.openRunStore();
    const shards = await store.gainShards(fixture().shards, 'owner-2');

    const { advanced } = await store.commit({ source, shards, advances: [advance(run)], published: [] });

    expect(advanced.size).toBe(1);
  });

  it('refuses a run whose shard the batch does not prove, whatever the advance says (L2)', async () => {
    const [first, second] = fixture().shards;
    const run = await fixture().startRun({ shardIndex: 0 });

    const unproved = await fixture().store.commit({ source, shards: [second], advances: [advance(run)], published: [] });
    const renamed = await fixture().store.commit({
      source,
      shards: [second],
      advances: [advance({ ...run, shard: second })],
      published: [],
    });
    const proved = await fixture().store.commit({ source, shards: [first], advances: [advance(run)], published: [] });

    expect([unproved, renamed, proved].map(({ advanced }) => advanced.size)).toEqual([0, 0, 1]);
  });

  it('decides between a commit and a gain that overlap: committed before it, or refused (L2)', async () => {
    const run = await fixture().startRun();
    let shards: readonly OwnedShard[] = fixture().shards;
    const other = fixture().world.openRunStore();
    let seq = 1;
    for (let round = 0; round < 20; round++) {
      const batch = { source, shards, advances: [advance(run, { expectedSeq: seq, events: [signalReceived(seq + 1, 1)] })], published: [] };
      const [{ advanced }, gained] = await Promise.all([fixture().store.commit(batch), other.gainShards(shards, `owner-${round}`)]);
      const { lastSeq, history } = await fixture().load(run.runId);
      expect(lastSeq).toBe(seq + advanced.size);
      expect(history).toHaveLength(lastSeq);
      seq = lastSeq;
      shards = gained;
    }
  });

  it('says why a run was refused', async () => {
    const [lost] = fixture().shards;
    const run = await fixture().startRun();
    await fixture().commit(advance(run));
    await fixture().intake.request([{ namespace: 'default', workflowId: run.workflowId, request: { kind: 'resume' } }]);
    await fixture().world.openRunStore().gainShards([lost], 'owner-2');

    const unknown = { ...run, runId: continuation(run).successor.runId };
    expect(await fixture().store.explainRefusals([run.runId, unknown.runId])).toEqual([
      { runId: run.runId, shard: lost.id, lastSeq: 2, status: 'Running', requestsAccepted: 1, epoch: lost.epoch + 1 },
    ]);
  });
}

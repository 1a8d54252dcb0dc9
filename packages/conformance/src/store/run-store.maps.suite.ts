import { expect, it } from '@jest/globals';
import { type MapChanges, type MapRecord, type Payload, recordedPayload } from '@marathon/core';
import { advance, awkwardPayloads, completion, source, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeMaps(setup: StoreSetup): void {
  const fixture = useFixture(setup);
  const at = 1_763_715_600_123;

  const page = (n: number, mapSeq: number, ...items: readonly (Payload | undefined)[]): MapRecord => ({ n, mapSeq, at, items });
  const done = (n: number, mapSeq: number, payload?: Payload): MapRecord => {
    const data = { activitySeq: 2 ** 30, attempt: 1 };
    return { n, mapSeq, at, changes: [{ type: 'ActivityCompleted', data, ...(payload !== undefined && { payload }) }] };
  };
  const changes = (
    expected: number,
    last: number,
    records: readonly MapRecord[],
    ended: readonly number[] = [],
    silenced: readonly number[] = [],
  ): { readonly maps: MapChanges } => ({
    maps: { expected, last, records, ended, silenced, told: [] },
  });

  it('gives back what is beside the history, in its order, from the commit that writes it to that which ends the map (L5)', async () => {
    const [run, other] = await fixture().startRuns(2);
    expect((await fixture().load(run!.runId)).maps).toBeUndefined();

    const first = [page(1, 2, recordedPayload('1'), undefined), page(2, 3, recordedPayload('"b"')), done(3, 2, recordedPayload('{"a":1}'))];
    await fixture().commit(advance(run!, changes(0, 3, first)), advance(other!, changes(0, 1, [page(1, 2, recordedPayload('7'))])));
    expect((await fixture().load(run!.runId)).maps).toEqual({ last: 3, records: first });

    const next = done(5, 3);
    await fixture().commit(advance(run!, { expectedSeq: 2, ...changes(3, 5, [next], [2]) }));
    expect((await fixture().load(run!.runId)).maps).toEqual({ last: 5, records: [first[1], next] });
    expect((await fixture().load(other!.runId)).maps?.records).toHaveLength(1);

    await fixture().commit(completion(run!, { expectedSeq: 3, ...changes(5, 5, [], [3]) }));
    expect((await fixture().load(run!.runId)).maps).toEqual({ last: 5, records: [] });
  });

  it('forgets what items told by heartbeats that are over, and nothing else (L2)', async () => {
    const [run, other] = await fixture().startRuns(2);
    const first = 2 ** 30;
    const told = (of: typeof run, activitySeq: number) =>
      ({ runId: of!.runId, shard: of!.shard.id, activitySeq, attempt: 1, details: recordedPayload('7') }) as const;
    await fixture().store.saveHeartbeats(fixture().shards, [told(run, 2), told(run, first), told(run, first + 1), told(other, first)]);
    const heard = async () => (await fixture().load(run!.runId)).heartbeats.map(({ activitySeq }) => activitySeq).toSorted((a, b) => a - b);

    const late = { expectedSeq: 7, ...changes(0, 1, [page(1, 2)], [], [first]) };
    await fixture().commit(advance(run!, late));
    expect(await heard()).toEqual([2, first, first + 1]);

    await fixture().commit(advance(run!, changes(0, 1, [page(1, 2)], [], [first])), advance(other!));
    expect(await heard()).toEqual([2, first + 1]);
    expect((await fixture().load(other!.runId)).heartbeats).toEqual([told(other, first)]);
  });

  it('writes without an event, and names what it wrote in the entry (L5)', async () => {
    const run = await fixture().startRun();
    await fixture().commit(advance(run, changes(0, 1, [page(1, 2, recordedPayload('1'))])));
    await deleteAllEntries();

    const { advanced, entry } = await fixture().commit(advance(run, { expectedSeq: 2, events: [], ...changes(1, 2, [done(2, 2)]) }));

    expect(advanced).toEqual(new Set([run.runId]));
    expect(entry).toBeDefined();
    expect(await fixture().outboxReferences()).toEqual([{ runId: run.runId, afterSeq: 2, toSeq: 2, mapRecords: { after: 1, to: 2 } }]);
    expect((await fixture().load(run.runId)).history).toHaveLength(2);
  });

  it('refuses who does not know of the last record, and leaves nothing of it (L5)', async () => {
    const [run, other] = await fixture().startRuns(2);
    await fixture().commit(advance(run!, changes(0, 1, [page(1, 2, recordedPayload('1'))])));
    const late = { expectedSeq: 2, events: [], ...changes(0, 1, [done(1, 2)], [2]) } as const;

    const { advanced } = await fixture().commit(advance(run!, late), advance(other!));

    expect(advanced).toEqual(new Set([other!.runId]));
    expect((await fixture().load(run!.runId)).maps?.records).toEqual([page(1, 2, recordedPayload('1'))]);
  });

  it('lets one of two commits of the same record through (L5)', async () => {
    const run = await fixture().startRun();
    await fixture().commit(advance(run, changes(0, 1, [page(1, 2, recordedPayload('1'))])));
    const batch = { source, shards: fixture().shards, published: [] };
    const advances = [advance(run, { expectedSeq: 2, events: [], ...changes(1, 2, [done(2, 2)]) })];

    const outcomes = await Promise.all([
      fixture().store.commit({ ...batch, advances }),
      fixture()
        .world.openRunStore()
        .commit({ ...batch, advances }),
    ]);

    expect(outcomes.map(({ advanced }) => advanced.size).sort()).toEqual([0, 1]);
    expect((await fixture().load(run.runId)).maps?.records).toHaveLength(2);
  });

  it('leaves the last number as it is with commits that say nothing of maps', async () => {
    const run = await fixture().startRun();
    await fixture().commit(advance(run, changes(0, 1, [page(1, 2, recordedPayload('1'))])));
    await fixture().commit(advance(run, { expectedSeq: 2 }));
    expect((await fixture().load(run.runId)).maps?.last).toBe(1);
  });

  it('corrects no bound of a run to whose items more has happened meanwhile', async () => {
    const run = await fixture().startRun();
    const shards = fixture().shards.map(({ id }) => id);
    const bounds = async () => (await fixture().store.readWakeUps(shards, at + 10_000, 10)).map(({ atMs }) => atMs);
    const correct = (lastMapRecord: number) =>
      fixture().store.correctWakeUps(fixture().shards, [
        { runId: run.runId, shard: run.shard.id, lastSeq: 2, lastMapRecord, atMs: undefined },
      ]);
    await fixture().commit(advance(run, changes(0, 1, [page(1, 2, recordedPayload('1'))])));
    await fixture().commit(advance(run, { expectedSeq: 2, events: [], wakesAtMs: at + 1_000, ...changes(1, 2, [done(2, 2)]) }));

    await correct(1);
    expect(await bounds()).toEqual([at + 1_000]);

    await correct(2);
    expect(await bounds()).toEqual([]);
  });

  it.each(awkwardPayloads)('gives back %s as it was, as an item and as a result', async (_name, payload) => {
    const run = await fixture().startRun();
    const records = [page(1, 2, payload), done(2, 2, payload)];
    await fixture().commit(advance(run, changes(0, 2, records)));
    expect((await fixture().load(run.runId)).maps?.records).toEqual(records);
  });

  async function deleteAllEntries(): Promise<void> {
    const { outbox } = fixture().world;
    const entries = await outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 1_000 });
    await outbox.deleteEntries(entries.map(({ id }) => id));
  }
}

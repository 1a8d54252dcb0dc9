import { describe, expect, it } from '@jest/globals';
import { type HistoryBound, type MapRecord, type RunId, recordedPayload, type SavedHeartbeat } from '@marathon/core';
import { advance, completion, newRunId, type OpenRun, signalReceived, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeLoading(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('loads open and closed runs with whole histories, and leaves unknown ones out', async () => {
    const [open, closed] = await fixture().startRuns(2);
    await fixture().commit(
      advance(open!, { events: Array.from({ length: 300 }, (_, i) => signalReceived(i + 2, i + 1)) }),
      completion(closed!),
    );

    const { runs: loaded } = await fixture().store.loadRuns([closed!.runId, newRunId(), open!.runId]);

    const byId = new Map(loaded.map((run) => [run.runId, run]));
    expect(byId.size).toBe(2);
    expect(byId.get(open!.runId)!.history.map(({ seq }) => seq)).toEqual(Array.from({ length: 301 }, (_, i) => i + 1));
    expect(byId.get(closed!.runId)).toMatchObject({
      status: 'Completed',
      lastSeq: 2,
      history: [{ type: 'WorkflowStarted' }, { type: 'WorkflowCompleted' }],
    });
    expect(await fixture().store.loadRuns([])).toEqual({ runs: [], left: [] });
  });

  describe('reads no more than a bound at a time', () => {
    const within = async (runs: readonly OpenRun[], bound: Partial<HistoryBound>) => {
      const ids = runs.map(({ runId }) => runId);
      const { runs: loaded, left } = await fixture().store.loadRuns(ids, { events: 1_000, bytes: 100_000, ...bound });
      const namesOf = (some: readonly RunId[]) => some.map((id) => ids.indexOf(id));
      return { loaded: namesOf(loaded.map(({ runId }) => runId)), left: namesOf(left), whole: loaded };
    };

    it('counts events, gives whole histories in the order asked for, and names the rest', async () => {
      const runs = await fixture().startRuns(4);
      await fixture().commit(
        ...runs.map((run) => advance(run, { events: Array.from({ length: 9 }, (_, i) => signalReceived(i + 2, i + 1)) })),
      );
      const asked = [runs[2]!, runs[0]!, runs[3]!, runs[1]!];

      expect(await within(asked, { events: 40 })).toMatchObject({ loaded: [0, 1, 2, 3], left: [] });
      const { loaded, left, whole } = await within(asked, { events: 29 });
      expect({ loaded, left }).toEqual({ loaded: [0, 1], left: [2, 3] });
      expect(whole.map(({ history }) => history.map(({ seq }) => seq))).toEqual(
        [0, 1].map(() => Array.from({ length: 10 }, (_, i) => i + 1)),
      );
    });

    it('gives the first run whatever it has, and leaves unknown ones out', async () => {
      const runs = await fixture().startRuns(2);
      const unknown = { ...runs[0]!, runId: newRunId() };

      expect(await within([unknown, ...runs, unknown], { events: 0 })).toMatchObject({ loaded: [1], left: [2] });
      expect(await within([unknown, ...runs, unknown], { bytes: 0 })).toMatchObject({ loaded: [1], left: [2] });
    });

    it('counts what payloads, records of maps and heartbeats take', async () => {
      const large = recordedPayload(JSON.stringify('x'.repeat(10_000)));
      const [signaled, mapped, heard, last] = (await fixture().startRuns(4)) as [OpenRun, OpenRun, OpenRun, OpenRun];
      const record: MapRecord = { n: 1, mapSeq: 1, at: Date.now(), items: [large] };
      const maps = { expected: 0, last: 1, records: [record], ended: [], silenced: [], told: [] };
      await fixture().commit(advance(signaled, { events: [signalReceived(2, 1, { payload: large })] }), advance(mapped, { maps }));
      await fixture().store.saveHeartbeats(fixture().shards, [heartbeat(heard, 2, 1, large)]);

      for (const run of [signaled, mapped, heard]) {
        expect(await within([last, run], { bytes: 10_000 })).toMatchObject({ loaded: [0], left: [1] });
        expect(await within([last, run], { bytes: 12_000 })).toMatchObject({ loaded: [0, 1], left: [] });
      }
    });
  });

  it('keeps the details of heartbeats, the latest of an activity (L2)', async () => {
    const run = await fixture().startRun();
    const first = heartbeat(run, 2, 1, '{"done":10}');
    const second = heartbeat(run, 2, 2, '{"text":"\\u0000"}');
    const other = heartbeat(run, 3, 1, '[]');

    await fixture().store.saveHeartbeats(fixture().shards, [first, other]);
    await fixture().store.saveHeartbeats(fixture().shards, [second]);

    const { heartbeats } = await fixture().load(run.runId);
    expect(heartbeats.toSorted((a, b) => a.activitySeq - b.activitySeq)).toEqual([second, other]);
  });

  it('keeps what a later attempt told when an earlier one is heard after it, in the same call as others (L2)', async () => {
    const run = await fixture().startRun();
    const told = [heartbeat(run, 2, 2, '"newer"'), heartbeat(run, 3, 1, '"again"')];
    await fixture().store.saveHeartbeats(fixture().shards, [told[0]!, heartbeat(run, 3, 1, '"once"')]);

    await fixture().store.saveHeartbeats(fixture().shards, [heartbeat(run, 2, 1, '"late"'), told[1]!]);

    const { heartbeats } = await fixture().load(run.runId);
    expect(heartbeats.toSorted((a, b) => a.activitySeq - b.activitySeq)).toEqual(told);
  });

  it('does not save heartbeats for a shard that was lost, and saves those of the one that was kept (L2)', async () => {
    const lost = await fixture().startRun({ shardIndex: 0 });
    const kept = await fixture().startRun({ shardIndex: 1 });
    await fixture().world.openRunStore().gainShards([fixture().shards[0]], 'owner-2');

    await fixture().store.saveHeartbeats(fixture().shards, [heartbeat(lost, 2, 1, '1'), heartbeat(kept, 2, 1, '2')]);

    expect((await fixture().load(lost.runId)).heartbeats).toEqual([]);
    expect((await fixture().load(kept.runId)).heartbeats).toEqual([heartbeat(kept, 2, 1, '2')]);
  });

  it('forgets the heartbeats of a run that closes', async () => {
    const run = await fixture().startRun();
    await fixture().store.saveHeartbeats(fixture().shards, [heartbeat(run, 2, 1, '1')]);

    await fixture().commit(completion(run));
    await fixture().store.saveHeartbeats(fixture().shards, [heartbeat(run, 2, 2, '2')]);

    expect((await fixture().load(run.runId)).heartbeats).toEqual([]);
  });
}

const heartbeat = (run: OpenRun, activitySeq: number, attempt: number, details: string): SavedHeartbeat => ({
  runId: run.runId,
  shard: run.shard.id,
  activitySeq,
  attempt,
  details: recordedPayload(details),
});

import { expect, it } from '@jest/globals';
import type { HistoryEvent } from '@marathon/core';
import { advance, awkwardPayloads, completion, newRunId, signalReceived, source, startedEvent, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeCommits(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('records the row and the history of a run (L1)', async () => {
    const started = startedEvent('recorded');
    const run = await fixture().startRun({ started });
    const events = [signalReceived(2, 1), signalReceived(3, 2)];

    const { advanced } = await fixture().commit(advance(run, { events, status: 'Running' }));

    expect(advanced).toEqual(new Set([run.runId]));
    expect(await fixture().load(run.runId)).toEqual({
      runId: run.runId,
      shard: run.shard.id,
      status: 'Running',
      lastSeq: 3,
      requestsAccepted: 0,
      history: [started, ...events],
      heartbeats: [],
    });
  });

  it('leaves one entry that names what the commit added, under the name of its process (L1)', async () => {
    const [first, second] = await fixture().startRuns(2);
    await deleteAllEntries();

    const { entry } = await fixture().commit(advance(first!, { events: [signalReceived(2, 1), signalReceived(3, 2)] }), advance(second!));

    const claimed = await fixture().world.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 10, source });
    expect(claimed.map(({ id }) => id)).toEqual([entry]);
    expect(new Set(claimed[0]!.runs)).toEqual(
      new Set([
        { runId: first!.runId, afterSeq: 1, toSeq: 3 },
        { runId: second!.runId, afterSeq: 1, toSeq: 2 },
      ]),
    );
  });

  it('leaves nothing of a refused run and commits the others of the batch (L1, L2)', async () => {
    const [behind, ahead, good] = await fixture().startRuns(3);
    await fixture().commit(advance(behind!));
    await deleteAllEntries();

    const { advanced } = await fixture().commit(
      advance(behind!, { expectedSeq: 1, wakesAtMs: Date.now() + 1_000 }),
      advance(ahead!, { expectedSeq: 2 }),
      advance(good!),
    );

    expect(advanced).toEqual(new Set([good!.runId]));
    expect((await fixture().load(behind!.runId)).lastSeq).toBe(2);
    expect((await fixture().load(behind!.runId)).history).toHaveLength(2);
    expect((await fixture().load(ahead!.runId)).history).toHaveLength(1);
    expect((await fixture().load(good!.runId)).history).toHaveLength(2);
    expect(await fixture().outboxReferences()).toEqual([{ runId: good!.runId, afterSeq: 1, toSeq: 2 }]);
    expect(await fixture().store.readWakeUps([behind!.shard.id], Date.now() + 2_000, 10)).toEqual([]);
  });

  it('has no entry when every run was refused (L1)', async () => {
    const run = await fixture().startRun();
    await deleteAllEntries();

    expect(await fixture().commit(advance(run, { expectedSeq: 5 }))).toEqual({ advanced: new Set(), entry: undefined });
    expect(await fixture().outboxReferences()).toEqual([]);
  });

  it('refuses a run that it does not know', async () => {
    const run = await fixture().startRun();
    const unknown = { ...run, runId: newRunId() };

    const { advanced } = await fixture().commit(advance(unknown), advance(run));

    expect(advanced).toEqual(new Set([run.runId]));
    expect(await fixture().store.loadRuns([unknown.runId])).toEqual({ runs: [], left: [] });
  });

  it('refuses to advance a closed run (L2)', async () => {
    const run = await fixture().startRun();
    await fixture().commit(completion(run));

    for (const expectedSeq of [1, 2]) expect((await fixture().commit(advance(run, { expectedSeq }))).advanced.size).toBe(0);
    expect((await fixture().load(run.runId)).history).toHaveLength(2);
    expect((await fixture().load(run.runId)).status).toBe('Completed');
  });

  it('lets one of two commits of the same step through (L2, L4)', async () => {
    const runs = await fixture().startRuns(20);
    const other = fixture().world.openRunStore();
    const batch = { source, shards: fixture().shards, published: [] };

    const [left, right] = await Promise.all([
      fixture().store.commit({ ...batch, advances: runs.map((run) => advance(run)) }),
      other.commit({ ...batch, advances: runs.toReversed().map((run) => advance(run)) }),
    ]);

    for (const { runId } of runs) {
      expect(Number(left.advanced.has(runId)) + Number(right.advanced.has(runId))).toBe(1);
      expect((await fixture().load(runId)).history.map(({ seq }) => seq)).toEqual([1, 2]);
    }
  });

  it('changes only the row when an advance has no events, and names it in no entry', async () => {
    const [idle, stepping] = await fixture().startRuns(2);
    await deleteAllEntries();
    const following = { events: [], status: 'Suspended', awaitedSignals: ['go', 'stop\u0000'], wakeCauses: 32 } as const;

    expect(await fixture().commit(advance(idle!, following))).toEqual({ advanced: new Set([idle!.runId]), entry: undefined });
    await fixture().commit(advance(idle!, following), advance(stepping!));

    const row = await fixture().world.reader.find('default', idle!.workflowId);
    expect(row).toMatchObject({ status: 'Suspended', lastSeq: 1, awaitedSignals: ['go', 'stop\u0000'] });
    expect((await fixture().load(idle!.runId)).history).toHaveLength(1);
    expect(await fixture().outboxReferences()).toEqual([{ runId: stepping!.runId, afterSeq: 1, toSeq: 2 }]);
  });

  it('deletes the entries that were published, with and without an advance', async () => {
    const [first, second] = await fixture().startRuns(2);
    await deleteAllEntries();
    const left = await fixture().commit(advance(first!));
    const batch = { source, shards: fixture().shards };

    const right = await fixture().store.commit({ ...batch, advances: [advance(second!)], published: [left.entry!] });
    expect(await fixture().outboxReferences()).toEqual([{ runId: second!.runId, afterSeq: 1, toSeq: 2 }]);

    const last = await fixture().store.commit({ ...batch, advances: [], published: [left.entry!, right.entry!] });
    expect(last).toEqual({ advanced: new Set(), entry: undefined });
    expect(await fixture().outboxReferences()).toEqual([]);
  });

  it('commits 500 runs of several events each at once, in any order (L1, L4)', async () => {
    const runs = await fixture().startRuns(500);
    const events = [2, 3, 4].map((seq) => signalReceived(seq, seq - 1));

    const { advanced } = await fixture().commit(...runs.toReversed().map((run) => advance(run, { events })));

    expect(advanced.size).toBe(500);
    const { runs: stored } = await fixture().store.loadRuns(runs.map(({ runId }) => runId));
    expect(stored).toHaveLength(500);
    for (const { history } of stored) expect(history.slice(1)).toEqual(events);
  });

  it.each(awkwardPayloads)('gives back %s as it was', async (_name, payload) => {
    const run = await fixture().startRun({ started: startedEvent('awkward', { payload }) });
    const failure = { type: 'Er\u0000ror', message: 'lone \ud800 and NUL \u0000', details: payload };
    const events: HistoryEvent[] = [
      signalReceived(2, 1, { payload }),
      { seq: 3, type: 'WorkflowFailed', at: Date.now(), data: { failure } },
    ];

    await fixture().commit(completion(run, { events, status: 'Failed' }));

    const { history } = await fixture().load(run.runId);
    expect(history.map((event) => event.payload === payload)).toEqual([true, true, false]);
    expect(history[2]).toEqual(events[1]);
  });

  it('gives back the instant of an event to the millisecond', async () => {
    const run = await fixture().startRun();
    const instants = Array.from({ length: 500 }, (_, i) => 1_700_000_000_000 + i * 4_999_999_999);

    await fixture().commit(advance(run, { events: instants.map((at, i) => ({ ...signalReceived(i + 2, i + 1), at })) }));

    expect((await fixture().load(run.runId)).history.slice(1).map(({ at }) => at)).toEqual(instants);
  });

  async function deleteAllEntries(): Promise<void> {
    const { outbox } = fixture().world;
    const entries = await outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 1_000 });
    await outbox.deleteEntries(entries.map(({ id }) => id));
  }
}

import { describe, expect, it } from '@jest/globals';
import { encodePayload, type NewRequest, newestFirst, type Payload, type RunId } from '@marathon/core';
import { advance, completion, continuation, namespace, newRunId, type OpenRun, signalReceived, useFixture } from './fixture.js';
import { describeActivities } from './run-reader.activities.suite.js';
import type { StoreSetup } from './world.js';

export function describeRunReader(name: string, setup: StoreSetup): void {
  describe(`RunReader: ${name}`, () => {
    describe('finding', () => describeFind(setup));
    describe('histories', () => describeHistories(setup));
    describe('surroundings', () => describeSurroundings(setup));
    describe('activities', () => describeActivities(setup));
  });
}

function describeFind(setup: StoreSetup): void {
  const fixture = useFixture(setup);
  const find = (workflowId: string, runId?: RunId) => fixture().world.reader.find(namespace, workflowId, runId);

  it('finds the run of a workflow id, and says when it closed', async () => {
    const run = await fixture().startRun();
    const closing = completion(run);
    await fixture().commit(closing);

    expect(await find(run.workflowId)).toMatchObject({
      runId: run.runId,
      workflowId: run.workflowId,
      status: 'Completed',
      closedAtMs: closing.events[0]!.at,
      lastSeq: 2,
    });
  });

  it('finds the latest run, or the one that was named', async () => {
    const first = await fixture().startRun({ workflowId: 'again' });
    await fixture().commit(completion(first));
    const second = await fixture().startRun({ workflowId: 'again' });
    const step = continuation(second);
    await fixture().commit(step);

    expect(await find('again')).toMatchObject({ runId: step.successor.runId, status: 'Pending' });
    expect(await find('again', first.runId)).toMatchObject({ runId: first.runId, status: 'Completed' });
    expect(await find('again', second.runId)).toMatchObject({ runId: second.runId, status: 'ContinuedAsNew' });
  });

  it('finds what the code of a run says of it, which stays when it closes and is not its successor’s', async () => {
    const [run, other] = (await fixture().startRuns(2)) as [OpenRun, OpenRun];
    await fixture().commit(advance(run, { statusText: 'packing', memo: encodePayload({ by: 'Grace' }) as Payload }), advance(other));
    expect(await find(run.workflowId)).toMatchObject({ statusText: 'packing', memo: '{"by":"Grace"}' });
    expect(Object.keys((await find(other.workflowId)) ?? {})).not.toEqual(expect.arrayContaining(['statusText']));

    await fixture().commit(advance(run, { expectedSeq: 2, statusText: 'shipping' }), advance(other, { expectedSeq: 2 }));
    expect(await find(run.workflowId)).toMatchObject({ statusText: 'shipping', memo: '{"by":"Grace"}' });
    const found = await fixture().world.reader.search({ namespace, orderBy: newestFirst, limit: 2 });
    const listed = found.find(({ runId }) => runId === run.runId);
    expect(listed).toMatchObject({ statusText: 'shipping' });
    expect(listed).not.toHaveProperty('memo');

    const step = { ...continuation(run), expectedSeq: 3 };
    const closing = { ...step, events: step.events.map((event) => ({ ...event, seq: 4 })) };
    await fixture().commit(closing);
    expect(await find(run.workflowId, run.runId)).toMatchObject({ status: 'ContinuedAsNew', statusText: 'shipping' });
    expect(await find(run.workflowId)).not.toHaveProperty('statusText');
  });

  it('forgets a status that is set to nothing', async () => {
    const run = await fixture().startRun();
    await fixture().commit(advance(run, { statusText: 'packing' }));
    await fixture().commit(advance(run, { expectedSeq: 2, statusText: '' }));
    expect(await find(run.workflowId)).not.toHaveProperty('statusText');
  });

  it('finds nothing for what is unknown', async () => {
    const [run, other] = await fixture().startRuns(2);

    expect(await find('nobody')).toBeUndefined();
    expect(await find(run!.workflowId, newRunId())).toBeUndefined();
    expect(await find(run!.workflowId, other!.runId)).toBeUndefined();
    expect(await fixture().world.reader.find('other', run!.workflowId)).toBeUndefined();
  });
}

function describeHistories(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('reads a history page by page', async () => {
    const run = await fixture().startRun();
    const events = Array.from({ length: 9 }, (_, i) => signalReceived(i + 2, i + 1));
    await fixture().commit(advance(run, { events }));
    const read = (afterSeq: number, limit: number) => fixture().world.reader.readHistory(run.runId, afterSeq, limit);

    expect((await read(0, 100)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await read(1, 3)).toEqual(events.slice(0, 3));
    expect(await read(8, 3)).toEqual(events.slice(7));
    expect(await read(10, 3)).toEqual([]);
    expect(await fixture().world.reader.readHistory(newRunId(), 0, 10)).toEqual([]);
  });

  it('reads less of a history at a time when its events are large', async () => {
    const run = await fixture().startRun();
    const payload = encodePayload('x'.repeat(1.5 * 1024 * 1024)) as Payload;
    const events = Array.from({ length: 5 }, (_, i) => ({ ...signalReceived(i + 2, i + 1), payload }));
    await fixture().commit(advance(run, { events }));

    const seqs: number[][] = [];
    for (let seq = 0; seq < 6; seq = seqs.at(-1)!.at(-1)!) {
      seqs.push((await fixture().world.reader.readHistory(run.runId, seq, 100)).map((event) => event.seq));
    }
    expect(seqs).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
  });

  it('reads the closing events of closed runs alone', async () => {
    const [open, completed, continued] = await fixture().startRuns(3);
    const closing = completion(completed!, {
      events: [signalReceived(2, 1), { seq: 3, type: 'WorkflowCompleted', at: Date.now(), data: {} }],
    });
    const step = continuation(continued!);
    await fixture().commit(advance(open!), closing, step);

    const read = await fixture().world.reader.readClosings([
      open!.runId,
      completed!.runId,
      newRunId(),
      continued!.runId,
      step.successor.runId,
    ]);

    expect(new Map(read.map((row) => [row.runId, row.closing]))).toEqual(
      new Map([
        [completed!.runId, closing.events[1]],
        [continued!.runId, step.events[0]],
      ]),
    );
    expect(await fixture().world.reader.readClosings([])).toEqual([]);
  });
}

function describeSurroundings(setup: StoreSetup): void {
  const fixture = useFixture(setup);
  const read = (runId: RunId) => fixture().world.reader.readSurroundings(runId);

  it('tells what a run’s code waits for, and who has its shard', async () => {
    const run = await fixture().startRun();
    const codeWaits = { steps: ['a\u0000'], bufferedSignals: [{ name: 'x', count: 2 }] };
    await fixture().commit(advance(run, { wakeCauses: 18, awaitedSignals: ['go'], codeWaits, taken: 1 }));

    expect(await read(run.runId)).toMatchObject({ lastSeq: 2, wakeCauses: 18, awaitedSignals: ['go'], codeWaits, owner: 'owner-1' });
    await fixture().commit(advance(run, { expectedSeq: 2, events: [signalReceived(3, 2)] }));
    expect(await read(run.runId)).toMatchObject({ lastSeq: 3, wakeCauses: 0, awaitedSignals: [], codeWaits: {} });
    expect(await read(newRunId())).toBeUndefined();
  });

  it('tells what was accepted for a run and is not in its history', async () => {
    const [run, other] = await fixture().startRuns(2);
    const sent: NewRequest[] = [{ kind: 'signal', name: 'go', payload: encodePayload('x') as Payload }, { kind: 'cancel' }];
    for (const request of sent) await fixture().intake.request([{ namespace, workflowId: run!.workflowId, request }]);

    expect((await read(run!.runId))?.requests).toEqual([
      { kind: 'signal', name: 'go', acceptedAtMs: expect.any(Number) },
      { kind: 'cancel', acceptedAtMs: expect.any(Number) },
    ]);
    expect((await read(other!.runId))?.requests).toEqual([]);
  });

  it('tells since when messages of a run wait to be published', async () => {
    const [run, other] = await fixture().startRuns(2);
    const isUnpublished = async (id: RunId) => typeof (await read(id))?.unpublishedSinceMs === 'number';

    expect([await isUnpublished(run!.runId), await isUnpublished(other!.runId)]).toEqual([true, true]);
    const entries = await fixture().world.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 10 });
    await fixture().world.outbox.deleteEntries(entries.map(({ id }) => id));
    expect(await isUnpublished(run!.runId)).toBe(false);
    await fixture().commit(advance(run!));
    expect([await isUnpublished(run!.runId), await isUnpublished(other!.runId)]).toEqual([true, false]);
  });
}

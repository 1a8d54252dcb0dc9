import { describe, expect, it } from '@jest/globals';
import { type OutboxEntry, outboxEntryId } from '@marathon/core';
import { advance, newRunId, runStart, signalReceived, source, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeOutbox(name: string, setup: StoreSetup): void {
  describe(`Outbox: ${name}`, () => {
    describe('claims', () => describeClaims(setup));
    describe('events of entries', () => describeEntryEvents(setup));
  });
}

function describeClaims(setup: StoreSetup): void {
  const fixture = useFixture(setup);
  const hourMs = 3_600_000;

  it('claims entries for a while: nobody else gets them meanwhile', async () => {
    await leaveEntries(3);

    const claimed = await claim({ claimForMs: hourMs });

    expect(claimed).toHaveLength(3);
    expect(await claim({ claimForMs: hourMs })).toEqual([]);
  });

  it('gives an entry whose claim is over to the next', async () => {
    await leaveEntries(2);

    const first = await claim({ claimForMs: 0 });

    expect(new Set(await claim({ claimForMs: 0 }))).toEqual(new Set(first));
  });

  it('claims what is old enough, up to the limit', async () => {
    await leaveEntries(3);

    expect(await claim({ olderThanMs: hourMs })).toEqual([]);
    expect(await claim({ limit: 2, claimForMs: hourMs })).toHaveLength(2);
    expect(await claim({ limit: 2, claimForMs: hourMs })).toHaveLength(1);
  });

  it('claims what one process left', async () => {
    await leaveEntries(1);
    await leaveEntries(2, 'another-process');

    expect(await claim({ source })).toHaveLength(1);
    expect(await claim({ source: 'another-process' })).toHaveLength(2);
    expect(await claim({})).toHaveLength(3);
  });

  it('gives every entry to one of two claims that overlap', async () => {
    await leaveEntries(20);

    const claims = await Promise.all([1, 2, 3].map(() => claim({ claimForMs: hourMs, limit: 10 })));

    const ids = claims.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length + (await claim({ claimForMs: hourMs })).length).toBe(20);
  });

  it('deletes entries; unknown ones are fine', async () => {
    await leaveEntries(3);
    const [first, second] = await claim({});

    await fixture().world.outbox.deleteEntries([first!.id, outboxEntryId('9000000000000000000'), second!.id]);
    await fixture().world.outbox.deleteEntries([first!.id]);
    await fixture().world.outbox.deleteEntries([]);

    expect(await claim({})).toHaveLength(1);
  });

  const claim = (overrides: Partial<Parameters<ReturnType<typeof outbox>['claimEntries']>[0]>) =>
    outbox().claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 100, ...overrides });
  const outbox = () => fixture().world.outbox;

  async function leaveEntries(count: number, process = source): Promise<void> {
    for (let i = 0; i < count; i++) await fixture().intake.start(process, [runStart(fixture().shards[0])]);
  }
}

function describeEntryEvents(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('reads what entries name, with what their messages say of the run: one item for each name', async () => {
    const [first, second] = [await fixture().startRun({ shardIndex: 0 }), await fixture().startRun({ shardIndex: 1 })];
    const events = [signalReceived(2, 1), signalReceived(3, 2), signalReceived(4, 3)];
    await fixture().commit(advance(first, { events }), advance(second, { events: [events[0]!] }));

    const published = await readEvents({
      id: outboxEntryId('1'),
      runs: [
        { runId: first.runId, afterSeq: 2, toSeq: 4 },
        { runId: second.runId, afterSeq: 0, toSeq: 1 },
      ],
    });

    expect(published).toEqual([
      { runId: first.runId, shard: first.shard.id, workflowId: first.workflowId, workflow: 'order', events: events.slice(1) },
      {
        runId: second.runId,
        shard: second.shard.id,
        workflowId: second.workflowId,
        workflow: 'order',
        events: [expect.objectContaining({ seq: 1, type: 'WorkflowStarted' })],
      },
    ]);
  });

  it('reads the entries of a start and of a commit', async () => {
    const [run] = await fixture().startRuns(2);
    await fixture().commit(advance(run!));

    const entries = await fixture().world.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 10 });
    const published = await readEvents(...entries);

    expect(published.flatMap(({ events }) => events.map(({ type }) => type)).toSorted()).toEqual(['SignalReceived', 'WorkflowStarted', 'WorkflowStarted']);
  });

  it('leaves out a run that is gone', async () => {
    const run = await fixture().startRun();

    const published = await readEvents({
      id: outboxEntryId('1'),
      runs: [
        { runId: newRunId(), afterSeq: 0, toSeq: 1 },
        { runId: run.runId, afterSeq: 0, toSeq: 1 },
      ],
    });

    expect(published.map(({ runId }) => runId)).toEqual([run.runId]);
    expect(await readEvents()).toEqual([]);
  });

  const readEvents = (...entries: OutboxEntry[]) => fixture().world.outbox.readEntryEvents(entries);
}

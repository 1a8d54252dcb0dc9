import { describe, expect, it } from '@jest/globals';
import type { RunStart, StartOutcome } from '@marathon/core';
import { advance, awkwardPayloads, completion, continuation, type OpenRun, runStart, source, startedEvent, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeStarts(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('starts many runs at once, with one entry that names them all', async () => {
    const starts = Array.from({ length: 200 }, () => runStart(fixture().shards[0]));

    const { outcomes, entry } = await fixture().intake.start(source, starts);

    expect(outcomes).toEqual(starts.map(() => ({ outcome: 'started' })));
    const entries = await fixture().world.outbox.claimEntries({ olderThanMs: 0, claimForMs: 0, limit: 10, source });
    expect(entries.map(({ id }) => id)).toEqual([entry]);
    expect(new Set(entries[0]!.runs)).toEqual(new Set(starts.map(({ runId }) => ({ runId, afterSeq: 0, toSeq: 1 }))));
  });

  it('records what was asked for', async () => {
    const started = startedEvent('asked', {
      data: { workflow: 'order', workflowId: 'asked', taskQueue: 'conformance', memo: { note: 'NUL \u0000' }, runTimeoutMs: 1_000 },
    });
    const run = await fixture().startRun({ started });

    expect(await fixture().load(run.runId)).toMatchObject({ status: 'Pending', lastSeq: 1, requestsAccepted: 0, history: [started] });
    expect(await fixture().world.reader.find('default', 'asked')).toEqual({
      runId: run.runId,
      workflowId: 'asked',
      workflow: 'order',
      taskQueue: 'conformance',
      shard: run.shard.id,
      status: 'Pending',
      startedAtMs: started.at,
      closedAtMs: undefined,
      lastSeq: 1,
      awaitedSignals: [],
    });
  });

  it('answers nothing for nothing', async () => {
    expect(await fixture().intake.start(source, [])).toEqual({ outcomes: [], entry: undefined });
  });

  it('names the open run that has the workflow id, and writes nothing for the loser', async () => {
    const run = await fixture().startRun({ started: startedEvent('taken') });
    await fixture().commit(advance(run));
    const [loser, winner] = [start('taken'), start('free')];

    const { outcomes } = await fixture().intake.start(source, [loser, winner]);

    expect(outcomes).toEqual([{ outcome: 'open', runId: run.runId, status: 'Running' }, { outcome: 'started' }]);
    expect(await fixture().store.loadRuns([loser.runId])).toEqual({ runs: [], left: [] });
    expect((await fixture().outboxReferences()).filter(({ runId }) => runId === loser.runId)).toEqual([]);
  });

  it('has no entry when nothing was started', async () => {
    await fixture().startRun({ started: startedEvent('taken') });

    expect((await fixture().intake.start(source, [start('taken')])).entry).toBeUndefined();
  });

  it('gives a workflow id to the first of a call', async () => {
    const [first, second] = [start('same'), start('same')];

    expect(await starts(first, second)).toEqual([{ outcome: 'started' }, { outcome: 'open', runId: first.runId, status: 'Pending' }]);
  });

  it('starts a workflow id again when its run is closed, and not when it was continued', async () => {
    const run = await fixture().startRun({ started: startedEvent('again') });
    const step = continuation(run);
    await fixture().commit(step);
    expect(await starts(start('again'))).toEqual([{ outcome: 'open', runId: step.successor.runId, status: 'Pending' }]);

    await fixture().commit(completion({ ...run, runId: step.successor.runId }));

    expect(await starts(start('again'))).toEqual([{ outcome: 'started' }]);
  });

  it('keeps namespaces apart', async () => {
    await fixture().startRun({ started: startedEvent('same') });

    expect(await starts({ ...start('same'), namespace: 'other' })).toEqual([{ outcome: 'started' }]);
  });

  it('answers a retry under the same key with the run that it started, open or closed', async () => {
    const first = keyed('key', 'workflow-a');
    expect(await starts(first)).toEqual([{ outcome: 'started' }]);

    expect(await starts(keyed('key', 'workflow-b'))).toEqual([
      { outcome: 'repeated', runId: first.runId, workflowId: 'workflow-a', status: 'Pending' },
    ]);
    await fixture().commit(completion({ runId: first.runId, workflowId: 'workflow-a', shard: fixture().shards[0] }));
    expect(await starts(keyed('key', 'workflow-a'))).toEqual([
      { outcome: 'repeated', runId: first.runId, workflowId: 'workflow-a', status: 'Completed' },
    ]);
  });

  it('answers the same key twice in one call with one run', async () => {
    const [first, second] = [keyed('key', 'workflow-a'), keyed('key', 'workflow-b')];

    expect(await starts(first, second, keyed('other key', 'workflow-c'))).toEqual([
      { outcome: 'started' },
      { outcome: 'repeated', runId: first.runId, workflowId: 'workflow-a', status: 'Pending' },
      { outcome: 'started' },
    ]);
    expect(await fixture().store.loadRuns([second.runId])).toEqual({ runs: [], left: [] });
  });

  it('refuses another request under a known key', async () => {
    await starts(keyed('key', 'workflow-a'));

    expect(await starts({ ...keyed('key', 'workflow-a'), fingerprint: 'another' })).toEqual([{ outcome: 'key-reused' }]);
  });

  it('tells what was started under a key, and starts nothing', async () => {
    const first = keyed('key', 'workflow-a');
    await starts(first, start('no-key'));
    const find = (idempotencyKey: string, fingerprint = 'the same', namespace = 'default') =>
      fixture().world.reader.findStarted({ namespace, idempotencyKey, fingerprint });

    const known = { outcome: 'repeated', runId: first.runId, workflowId: 'workflow-a' };
    expect(await find('key')).toEqual({ ...known, status: 'Pending' });
    await fixture().commit(completion({ runId: first.runId, workflowId: 'workflow-a', shard: fixture().shards[0] }));
    expect(await find('key')).toEqual({ ...known, status: 'Completed' });
    expect(await find('key', 'another')).toEqual({ outcome: 'key-reused' });
    expect([await find('new'), await find('key', 'the same', 'other')]).toEqual([undefined, undefined]);
    expect(await starts(keyed('new', 'workflow-b'))).toEqual([{ outcome: 'started' }]);
  });

  it('does not use up the key of a start that found its workflow id taken', async () => {
    const run = await fixture().startRun({ started: startedEvent('taken') });
    expect(await starts(keyed('key', 'taken'))).toMatchObject([{ outcome: 'open' }]);
    await fixture().commit(completion(run));

    expect(await starts(keyed('key', 'taken'))).toEqual([{ outcome: 'started' }]);
  });

  describe('a start with a signal that a run got under its key', () => {
    const signaling = (overrides: Partial<RunStart> = {}): RunStart => ({
      ...keyed('key', 'taken'),
      signalFingerprint: 'signal',
      ...overrides,
    });
    const signal = (run: OpenRun) =>
      fixture().intake.request([
        {
          namespace: 'default',
          workflowId: 'taken',
          runId: run.runId,
          request: { kind: 'signal', name: 'go' },
          idempotencyKey: 'key',
          fingerprint: 'signal',
        },
      ]);
    /** A run that got the signal under the key, and closed. */
    async function signaledRun(): Promise<OpenRun> {
      const run = await fixture().startRun({ started: startedEvent('taken') });
      await signal(run);
      await fixture().commit(completion(run, { taken: 1 }));
      return run;
    }

    it('starts nothing and names that run, open, closed, or before others of its workflow id', async () => {
      const run = await fixture().startRun({ started: startedEvent('taken') });
      expect(await starts(signaling())).toMatchObject([{ outcome: 'open', runId: run.runId }]);
      await signal(run);
      const known = { outcome: 'signaled', runId: run.runId, workflowId: 'taken' };
      expect(await starts(signaling())).toEqual([{ ...known, status: 'Pending' }]);

      await fixture().commit(completion(run, { taken: 1 }));
      const [retry, other] = [signaling(), start('free')];
      expect(await starts(retry, other)).toEqual([{ ...known, status: 'Completed' }, { outcome: 'started' }]);
      expect(await fixture().store.loadRuns([retry.runId])).toEqual({ runs: [], left: [] });
      expect((await fixture().outboxReferences()).filter(({ runId }) => runId === retry.runId)).toEqual([]);

      const next = await fixture().startRun({ started: startedEvent('taken') });
      expect(await starts(signaling())).toEqual([{ ...known, status: 'Completed' }]);
      await fixture().commit(completion(next));
      expect(await starts(signaling())).toEqual([{ ...known, status: 'Completed' }]);
    });

    it('names the run that got it when that was continued', async () => {
      const run = await fixture().startRun({ started: startedEvent('taken') });
      await signal(run);
      const step = continuation(run, { taken: 1 });
      await fixture().commit(step);
      await fixture().commit(completion({ ...run, runId: step.successor.runId }));

      expect(await starts(signaling())).toEqual([{ outcome: 'signaled', runId: run.runId, workflowId: 'taken', status: 'ContinuedAsNew' }]);
    });

    it('is refused with another signal', async () => {
      await signaledRun();

      expect(await starts(signaling({ signalFingerprint: 'another' }))).toEqual([{ outcome: 'key-reused' }]);
    });

    it.each([
      ['key', () => signaling({ idempotencyKey: 'new' })],
      ['workflow id', () => signaling({ started: startedEvent('free') })],
      ['namespace', () => signaling({ namespace: 'other' })],
      ['kind: it has no signal', () => keyed('key', 'taken')],
      ['kind: it has no key', () => start('taken')],
    ])('starts a run when it is of another %s', async (_, another) => {
      await signaledRun();

      expect(await starts(another())).toEqual([{ outcome: 'started' }]);
    });

    it('is told without a start', async () => {
      const run = await signaledRun();
      const find = (workflowId: string, fingerprint: string) =>
        fixture().world.reader.findStarted({
          ...{ namespace: 'default', idempotencyKey: 'key', fingerprint: 'the same' },
          signal: { workflowId, fingerprint },
        });

      expect(await find('taken', 'signal')).toEqual({ outcome: 'signaled', runId: run.runId, workflowId: 'taken', status: 'Completed' });
      expect(await find('taken', 'another')).toEqual({ outcome: 'key-reused' });
      expect(await find('free', 'signal')).toBeUndefined();
    });
  });

  it('keeps the keys of namespaces apart', async () => {
    await starts(keyed('key', 'workflow-a'));

    expect(await starts({ ...keyed('key', 'workflow-a'), namespace: 'other' })).toEqual([{ outcome: 'started' }]);
  });

  it('takes awkward payloads of many starts in one call', async () => {
    const sent = awkwardPayloads.map(([name, payload]) => runStart(fixture().shards[0], { started: startedEvent(name, { payload }) }));

    await starts(...sent);

    const { runs: stored } = await fixture().store.loadRuns(sent.map(({ runId }) => runId));
    const payloads = new Map(stored.map(({ runId, history }) => [runId, history[0]!.payload]));
    expect(sent.map(({ runId, started }) => payloads.get(runId) === started.payload)).toEqual(sent.map(() => true));
  });

  const start = (id: string): RunStart => runStart(fixture().shards[0], { workflowId: id });
  const keyed = (idempotencyKey: string, id: string): RunStart => ({ ...start(id), idempotencyKey, fingerprint: 'the same' });
  const starts = async (...all: RunStart[]): Promise<readonly StartOutcome[]> => (await fixture().intake.start(source, all)).outcomes;
}

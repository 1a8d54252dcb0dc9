import { expect, it } from '@jest/globals';
import { type RequestIntake, type RequestOutcome, recordedPayload } from '@marathon/core';
import { awkwardPayloads, completion, continuation, namespace, newRunId, type OpenRun, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeRequests(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('numbers the requests to each run in the order given', async () => {
    const [first, second] = await fixture().startRuns(2);

    const outcomes = await request(signal(first!, 'a'), signal(second!, 'b'), signal(first!, 'c'), {
      ...signal(first!),
      request: { kind: 'cancel', reason: 'd' },
    });

    expect(outcomes).toEqual([
      accepted(first!, 1, 'a'),
      accepted(second!, 1, 'b'),
      accepted(first!, 2, 'c'),
      { outcome: 'accepted', runId: first!.runId, shard: first!.shard.id, request: { kind: 'cancel', reason: 'd', n: 3 } },
    ]);
    expect(await request(signal(second!))).toEqual([accepted(second!, 2, 'go')]);
    expect((await fixture().requestsOf(first!.runId)).map((row) => row.request)).toMatchObject([
      { n: 1, name: 'a' },
      { n: 2, name: 'c' },
      { n: 3 },
    ]);
  });

  it('has the requests durable when it answers', async () => {
    const run = await fixture().startRun();

    const [outcome] = await request(signal(run));

    const { requests } = await fixture()
      .world.openRunStore()
      .readRequests([{ runId: run.runId, taken: 0 }]);
    const [row] = requests;
    expect(outcome).toEqual({ outcome: 'accepted', ...row });
    expect((await fixture().load(run.runId)).requestsAccepted).toBe(1);
  });

  it('takes a provisional request as any other, and knows it when it is made again under its key', async () => {
    const run = await fixture().startRun();
    const keyed = { ...signal(run), idempotencyKey: 'k' };

    expect(await request({ ...keyed, isProvisional: true })).toEqual([accepted(run, 1, 'go')]);
    expect(await request(keyed)).toEqual([{ outcome: 'repeated', runId: run.runId }]);
    expect(await fixture().requestsOf(run.runId)).toMatchObject([{ request: { n: 1, name: 'go' } }]);
  });

  it('tells unknown from closed, item by item', async () => {
    const [open, closed] = await fixture().startRuns(2);
    await fixture().commit(completion(closed!));

    const outcomes = await request(signal(closed!), { ...signal(open!), workflowId: 'nobody' }, signal(open!), {
      ...signal(open!),
      namespace: 'other',
    });

    expect(outcomes).toEqual([
      { outcome: 'closed', runId: closed!.runId, status: 'Completed' },
      { outcome: 'unknown' },
      accepted(open!, 1, 'go'),
      { outcome: 'unknown' },
    ]);
    expect(await request()).toEqual([]);
  });

  it('takes only the run that was named', async () => {
    const run = await fixture().startRun();
    const other = await fixture().startRun();
    const step = continuation(run);
    await fixture().commit(step);

    expect(
      await request(
        { ...signal(run), runId: run.runId },
        { ...signal(run), runId: newRunId() },
        { ...signal(run), runId: other.runId },
        { ...signal(run), runId: step.successor.runId },
      ),
    ).toEqual([
      { outcome: 'closed', runId: run.runId, status: 'ContinuedAsNew' },
      { outcome: 'unknown' },
      { outcome: 'unknown' },
      accepted({ ...run, runId: step.successor.runId }, 1, 'go'),
    ]);
  });

  it('takes only a run that continues the one that was named as the first', async () => {
    const first = await fixture().startRun();
    const step = continuation(first);
    await fixture().commit(step);
    const chain = { ...signal(first), firstRunId: first.runId };
    const last = { ...first, runId: step.successor.runId };

    expect(await request(chain, { ...signal(first), firstRunId: last.runId })).toEqual([accepted(last, 1, 'go'), { outcome: 'unknown' }]);

    await fixture().commit(completion(last, { taken: 1 }));
    const stranger = await fixture().startRun({ workflowId: first.workflowId });
    expect(await request(chain, { ...chain, firstRunId: stranger.runId })).toEqual([
      { outcome: 'closed', runId: last.runId, status: 'Completed' },
      accepted(stranger, 1, 'go'),
    ]);
  });

  it('takes a key once, and burns no number for the repetition', async () => {
    const [run, other] = await fixture().startRuns(2);

    expect(await request(keyed(run!, 'k'), keyed(run!, 'k'), keyed(other!, 'k'), signal(run!))).toEqual([
      accepted(run!, 1, 'go'),
      { outcome: 'repeated', runId: run!.runId },
      accepted(other!, 1, 'go'),
      accepted(run!, 2, 'go'),
    ]);
    expect(await request(keyed(run!, 'k'), keyed(run!, 'k2'))).toEqual([
      { outcome: 'repeated', runId: run!.runId },
      accepted(run!, 3, 'go'),
    ]);
    expect((await fixture().load(run!.runId)).requestsAccepted).toBe(3);
  });

  it('tells a retry from another request under the same key', async () => {
    const run = await fixture().startRun();
    const one = { ...keyed(run, 'k'), fingerprint: 'one' };
    const another = { ...keyed(run, 'k'), fingerprint: 'another' };

    expect(await request(one, another)).toEqual([accepted(run, 1, 'go'), { outcome: 'key-reused' }]);
    expect(await request(another, one)).toEqual([{ outcome: 'key-reused' }, { outcome: 'repeated', runId: run.runId }]);
    expect((await fixture().load(run.runId)).requestsAccepted).toBe(1);
  });

  it('knows the keys of the runs before, and those of a closed run', async () => {
    const run = await fixture().startRun();
    await request(keyed(run, 'k'));
    const step = continuation(run, { taken: 1 });
    await fixture().commit(step);

    expect(await request(keyed(run, 'k'))).toEqual([{ outcome: 'repeated', runId: run.runId }]);
    await fixture().commit(completion({ ...run, runId: step.successor.runId }));
    expect(await request(keyed(run, 'k'), keyed(run, 'new'))).toEqual([
      { outcome: 'repeated', runId: run.runId },
      { outcome: 'closed', runId: step.successor.runId, status: 'Completed' },
    ]);
  });

  it('tells whether a key was accepted, by the run or in its chain, and uses none up', async () => {
    const [run, other] = (await fixture().startRuns(2)) as [OpenRun, OpenRun];
    await request(keyed(run, 'k'));
    const step = continuation(run, { taken: 1 });
    await fixture().commit(step);
    await request(keyed(run, 'later'));
    const has = (runId: OpenRun['runId'], key: string) => fixture().world.reader.hasAccepted(runId, key);

    for (const runId of [run.runId, step.successor.runId])
      expect([await has(runId, 'k'), await has(runId, 'later'), await has(runId, 'new')]).toEqual([true, true, false]);
    expect([await has(other.runId, 'k'), await has(newRunId(), 'k')]).toEqual([false, false]);
    expect(await request(keyed(run, 'new'))).toMatchObject([{ outcome: 'accepted', request: { n: 2 } }]);
  });

  it('takes awkward payloads of many requests in one call', async () => {
    const run = await fixture().startRun();

    await request(...awkwardPayloads.map(([, payload]) => ({ ...signal(run), request: { kind: 'signal', name: 'go', payload } as const })));

    const rows = await fixture().requestsOf(run.runId);
    expect(rows.map((row) => row.request.kind === 'signal' && row.request.payload === awkwardPayloads[row.request.n - 1]![1])).toEqual(
      awkwardPayloads.map(() => true),
    );
  });

  it('keeps outcomes of activities as they were sent', async () => {
    const run = await fixture().startRun();
    const { runId, workflowId } = run;
    const failure = { type: 'E', message: '\u0000 \ud800', nonRetryable: true, details: recordedPayload('{"z":1,"a":-0}') };
    const sent = [
      { kind: 'complete-activity', activitySeq: 2, attempt: 1 },
      { kind: 'complete-activity', activitySeq: 3, attempt: 2, payload: recordedPayload('{"z":1,"a":1e999}') },
      { kind: 'fail-activity', activitySeq: 4, attempt: 3, failure },
    ] as const;

    await request(...sent.map((each) => ({ namespace, workflowId, runId, request: each })));

    const rows = await fixture().requestsOf(run.runId);
    expect(rows.map((row) => row.request)).toEqual(sent.map((each, i) => ({ ...each, n: i + 1 })));
  });

  const request = (...all: RequestIntake[]): Promise<readonly RequestOutcome[]> => fixture().intake.request(all);
}

const signal = (run: OpenRun, name = 'go'): RequestIntake => ({ namespace, workflowId: run.workflowId, request: { kind: 'signal', name } });
const keyed = (run: OpenRun, idempotencyKey: string): RequestIntake => ({ ...signal(run), idempotencyKey });
const accepted = (run: OpenRun, n: number, name: string): RequestOutcome => ({
  outcome: 'accepted',
  runId: run.runId,
  shard: run.shard.id,
  request: { kind: 'signal', name, n },
});

import { expect, it } from '@jest/globals';
import { type NewRequest, type Payload, type RequestOutcome, recordedPayload } from '@marathon/core';
import { advance, completion, continuation, namespace, type OpenRun, signalReceived, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeTakenRequests(setup: StoreSetup): void {
  const fixture = useFixture(setup);

  it('refuses a run that closes before it took every accepted request, and commits the others (L1, L3)', async () => {
    const [hasty, other] = await fixture().startRuns(2);
    await signal(hasty!);

    const { advanced } = await fixture().commit(completion(hasty!), completion(other!));

    expect(advanced).toEqual(new Set([other!.runId]));
    expect(await fixture().load(hasty!.runId)).toMatchObject({ status: 'Pending', lastSeq: 1, requestsAccepted: 1, history: [{ seq: 1 }] });
    expect(await fixture().store.explainRefusals([hasty!.runId])).toMatchObject([{ requestsAccepted: 1, lastSeq: 1 }]);
  });

  it('refuses a run that continues before it took every accepted request, successor and all (L1, L3)', async () => {
    const run = await fixture().startRun();
    await signal(run);
    const hasty = continuation(run);

    expect((await fixture().commit(hasty)).advanced.size).toBe(0);
    expect(await fixture().store.loadRuns([hasty.successor.runId])).toEqual({ runs: [], left: [] });
  });

  it('closes once it has taken them, and deletes what it took (L3)', async () => {
    const run = await fixture().startRun();
    await signal(run);
    await signal(run);
    const events = [signalReceived(2, 1), signalReceived(3, 2), { seq: 4, type: 'WorkflowCompleted', at: Date.now(), data: {} } as const];

    const { advanced } = await fixture().commit(completion(run, { events, taken: 2 }));

    expect(advanced.size).toBe(1);
    expect(await fixture().requestsOf(run.runId)).toEqual([]);
    expect(await fixture().load(run.runId)).toMatchObject({ status: 'Completed', requestsAccepted: 2 });
  });

  it('does not hold up a run that stays open, and keeps the requests that it did not take', async () => {
    const run = await fixture().startRun();
    await signal(run);
    await signal(run);

    await fixture().commit(advance(run, { taken: 1 }));

    expect(await fixture().requestsOf(run.runId)).toMatchObject([{ runId: run.runId, request: { n: 2 } }]);
  });

  it('keeps the requests of a refused run (L1)', async () => {
    const run = await fixture().startRun();
    await signal(run);

    await fixture().commit(advance(run, { expectedSeq: 7, taken: 1 }));

    expect(await fixture().requestsOf(run.runId)).toHaveLength(1);
  });

  it('reads the requests of runs as they were sent, by ascending number', async () => {
    const [first, second] = await fixture().startRuns(2);
    const sent: NewRequest[] = [
      { kind: 'signal', name: 'go', payload: recordedPayload('{"z":"\\u0000","a":-0}') },
      { kind: 'signal', name: 'without a payload' },
      { kind: 'cancel', reason: 'no longer \u0000 needed' },
      { kind: 'cancel' },
      { kind: 'terminate', reason: 'now' },
      { kind: 'resume' },
      { kind: 'update', updateId: 'u-7', name: 'add \u0000 line', payload: recordedPayload('{"z":"\\u0000","a":-0}') },
      { kind: 'update', updateId: 'u-8', name: 'without an input' },
    ];
    for (const request of sent) await fixture().intake.request([{ namespace, workflowId: first!.workflowId, request }]);
    await signal(second!);

    const read = await fixture().requestsOf(second!.runId, first!.runId);

    const of = (run: OpenRun) => read.filter(({ runId }) => runId === run.runId);
    expect(of(first!)).toEqual(
      sent.map((request, i) => ({ runId: first!.runId, shard: first!.shard.id, request: { ...request, n: i + 1 } })),
    );
    expect(of(second!)).toHaveLength(1);
    expect(await fixture().requestsOf()).toEqual([]);
  });

  it('reads no more requests than a bound at a time, the first of each run before the second of any, and names who has more', async () => {
    const [few, many, none] = (await fixture().startRuns(3)) as [OpenRun, OpenRun, OpenRun];
    for (const run of [many, many, many, few, many]) await signal(run);
    const read = async (requests: number, taken = 0) => {
      const asked = [none, many, few].map(({ runId }) => ({ runId, taken: runId === many.runId ? taken : 0 }));
      const answer = await fixture().store.readRequests(asked, { requests, bytes: 1_000_000 });
      const of = (run: OpenRun) => answer.requests.flatMap(({ runId, request }) => (runId === run.runId ? [request.n] : []));
      return { many: of(many), few: of(few), left: [many, few, none].map(({ runId }) => answer.left.has(runId)) };
    };

    expect(await read(1)).toEqual({ many: [1], few: [], left: [true, true, false] });
    expect(await read(2)).toEqual({ many: [1], few: [1], left: [true, false, false] });
    expect(await read(4)).toEqual({ many: [1, 2, 3], few: [1], left: [true, false, false] });
    expect(await read(5)).toEqual({ many: [1, 2, 3, 4], few: [1], left: [false, false, false] });
    expect(await read(3, 1)).toEqual({ many: [2, 3], few: [1], left: [true, false, false] });
    expect(await read(3, 4)).toEqual({ many: [], few: [1], left: [false, false, false] });
  });

  it('counts what requests say, but for the first', async () => {
    const run = await fixture().startRun();
    const payload = recordedPayload(JSON.stringify('x'.repeat(10_000)));
    for (let i = 0; i < 3; i++) await signal(run, payload);
    const read = async (bytes: number) => {
      const { requests, left } = await fixture().store.readRequests([{ runId: run.runId, taken: 0 }], { requests: 100, bytes });
      return { ns: requests.map(({ request }) => request.n), left: [...left] };
    };

    expect(await read(1)).toEqual({ ns: [1], left: [run.runId] });
    expect(await read(20_000)).toEqual({ ns: [1], left: [run.runId] });
    expect(await read(22_000)).toEqual({ ns: [1, 2], left: [run.runId] });
    expect(await read(40_000)).toEqual({ ns: [1, 2, 3], left: [] });
  });

  it('reads whom requests wait for, oldest first, up to the limit', async () => {
    const [left, right] = [await fixture().startRun({ shardIndex: 0 }), await fixture().startRun({ shardIndex: 1 })];
    const [first, second] = fixture().shards;
    for (const run of [right, left, right]) await signal(run);
    const read = (shards: readonly (typeof first)[], limit: number) =>
      fixture().store.readWaitingRequests(
        shards.map(({ id }) => id),
        0,
        limit,
      );

    expect((await read([first, second], 10)).map(({ runId }) => runId)).toEqual([right.runId, left.runId, right.runId]);
    expect((await read([first, second], 2)).map(({ runId }) => runId)).toEqual([right.runId, left.runId]);
    expect((await read([first], 10)).map(({ runId }) => runId)).toEqual([left.runId]);
    expect(await fixture().store.readWaitingRequests([first.id, second.id], 3_600_000, 10)).toEqual([]);
  });

  async function signal(run: OpenRun, payload?: Payload): Promise<RequestOutcome> {
    const request: NewRequest = { kind: 'signal', name: 'go', ...(payload !== undefined && { payload }) };
    const [outcome] = await fixture().intake.request([{ namespace, workflowId: run.workflowId, request }]);
    expect(outcome).toMatchObject({ outcome: 'accepted', runId: run.runId });
    return outcome!;
  }
}

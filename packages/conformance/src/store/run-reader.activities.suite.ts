import { expect, it } from '@jest/globals';
import { encodePayload, type HistoryEvent, type MapRecord, type Payload, type RunId } from '@marathon/core';
import { advance, completion, namespace, newRunId, type OpenRun, signalReceived, useFixture } from './fixture.js';
import type { StoreSetup } from './world.js';

export function describeActivities(setup: StoreSetup): void {
  const fixture = useFixture(setup);
  const find = (runId: RunId, activitySeq: number, more: { readonly namespace?: string; readonly idempotencyKey?: string } = {}) =>
    fixture().world.reader.findActivity({ namespace, runId, activitySeq, idempotencyKey: 'key', ...more });

  it('finds what is recorded of one activity, its input left out', async () => {
    const run = await fixture().startRun();
    const text = (value: unknown) => encodePayload(value) as Payload;
    const failure = { type: 'E', message: 'says "activitySeq":2, and {"activitySeq":2}' };
    const events: readonly HistoryEvent[] = [
      { seq: 2, type: 'ActivityScheduled', at: Date.now(), data: { activity: 'one' }, payload: text('input') },
      { seq: 3, type: 'ActivityScheduled', at: Date.now(), data: { activity: 'two' } },
      { seq: 4, type: 'ActivityStarted', at: Date.now(), data: { activitySeq: 2, attempt: 1, worker: 'w' } },
      { seq: 5, type: 'ActivityFailed', at: Date.now(), data: { activitySeq: 3, attempt: 1, failure } },
      { seq: 6, type: 'ActivityCompleted', at: Date.now(), data: { activitySeq: 2, attempt: 1 }, payload: text('result') },
      { seq: 7, type: 'ActivityScheduled', at: Date.now(), data: { activity: 'three' } },
      { ...signalReceived(8, 1) },
      ...Array.from({ length: 12 }, (_, i) => ({ ...signalReceived(9 + i, 2 + i) })),
      { seq: 21, type: 'ActivityScheduled', at: Date.now(), data: { activity: 'four' } },
      { seq: 22, type: 'ActivityCanceled', at: Date.now(), data: { activitySeq: 21 } },
    ];
    await fixture().commit(advance(run, { events }));

    const [{ payload: _, ...scheduled }, , started, , completed] = events as [HistoryEvent, ...HistoryEvent[]];
    const found = await find(run.runId, 2);
    expect(found?.run).toEqual(await fixture().world.reader.find(namespace, run.workflowId));
    expect(found?.events).toEqual([scheduled, started, completed]);
    expect((await find(run.runId, 7))?.events).toEqual([events[5]]);
    expect((await find(run.runId, 21))?.events).toEqual(events.slice(-2));
  });

  it('finds an item of a map as an activity that is over with its map', async () => {
    const run = await fixture().startRun();
    const first = 2 ** 30;
    const map = (seq: number, firstItem: number): HistoryEvent => {
      const data = { activity: 'one', count: 10, firstItem, digest: 'd', concurrency: 2, taskQueue: 'q' };
      return { seq, type: 'MapScheduled', at: 7, data };
    };
    const dropped: HistoryEvent = { seq: 5, type: 'ActivityCompletionDropped', at: 9, data: { activitySeq: first + 9, attempt: 1, n: 1 } };
    const events: readonly HistoryEvent[] = [
      map(2, first),
      map(3, first + 10),
      { seq: 4, type: 'MapCompleted', at: 8, data: { mapSeq: 2 } },
      dropped,
    ];
    await fixture().commit(advance(run, { events }));

    const asked = (seq: number) => ({ seq, type: 'ActivityScheduled', at: 7, data: { activity: 'one', taskQueue: 'q' } });
    const over = { seq: 4, type: 'ActivityCompleted', at: 8, data: { activitySeq: first + 9, attempt: 1 } };
    expect((await find(run.runId, first + 9))?.events).toEqual([asked(first + 9), over, dropped]);
    expect((await find(run.runId, first + 10))?.events).toEqual([asked(first + 10)]);
    expect(await find(run.runId, first + 20)).toBeUndefined();
  });

  it('finds what has happened to an item of an open map', async () => {
    const run = await fixture().startRun();
    const at = Date.now();
    const activitySeq = 2 ** 30 + 1;
    const data = { activity: 'one', count: 2, firstItem: 2 ** 30, digest: 'd', concurrency: 2, taskQueue: 'q' };
    const failure = { type: 'E', message: 'm' };
    const retry = { type: 'ActivityRetryScheduled', data: { activitySeq, attempt: 2, failure, firesAtMs: at } } as const;
    const other = { type: 'ActivityCompleted', data: { activitySeq: 2 ** 30, attempt: 1 } } as const;
    const records: readonly MapRecord[] = [
      { n: 1, mapSeq: 2, at, items: [encodePayload({ activitySeq }), undefined] },
      { n: 2, mapSeq: 2, at, changes: [other, retry] },
    ];
    const maps = { expected: 0, last: 2, records, ended: [], silenced: [], told: [] };
    await fixture().commit(advance(run, { events: [{ seq: 2, type: 'MapScheduled', at, data }], maps }));

    expect((await find(run.runId, activitySeq))?.events.slice(1)).toEqual([{ seq: 2, at, ...retry }]);
    expect((await find(run.runId, 2 ** 30))?.events.slice(1)).toEqual([{ seq: 2, at, ...other }]);
  });

  it('finds nothing where there is no such run or activity', async () => {
    const run = await scheduled();

    expect(await find(run.runId, 1)).toBeUndefined();
    expect(await find(run.runId, 3)).toBeUndefined();
    expect(await find(run.runId, 9)).toBeUndefined();
    expect(await find(newRunId(), 2)).toBeUndefined();
    expect(await find(run.runId, 2, { namespace: 'other' })).toBeUndefined();
  });

  it('tells what was accepted under a key, taken or not, in an open run or a closed one', async () => {
    const run = await scheduled();
    expect(await find(run.runId, 2)).not.toHaveProperty('request');

    const request = { kind: 'complete-activity', activitySeq: 2, attempt: 1 } as const;
    const { runId, workflowId } = run;
    await fixture().intake.request([{ namespace, workflowId, runId, request, idempotencyKey: 'key', fingerprint: 'print' }]);
    expect(await find(run.runId, 2)).toMatchObject({ request: { fingerprint: 'print' } });
    expect(await find(run.runId, 2, { idempotencyKey: 'another' })).not.toHaveProperty('request');

    await fixture().commit(completion(run, { expectedSeq: 3, taken: 1 }));
    expect(await find(run.runId, 2)).toMatchObject({ run: { status: 'Completed' }, request: { fingerprint: 'print' } });
  });

  /** A run with an activity, event 2, and a signal. */
  async function scheduled(): Promise<OpenRun> {
    const run = await fixture().startRun();
    const event: HistoryEvent = { seq: 2, type: 'ActivityScheduled', at: Date.now(), data: { activity: 'one' } };
    await fixture().commit(advance(run, { events: [event, signalReceived(3, 1)] }));
    return run;
  }
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activity, Gate, payload, rest, until, untilAborted, WorkerWorld } from '../../test/worker-world.js';
import { type ActivityAbortedError, activityContext } from '../index.js';

let world: WorkerWorld;

beforeEach(async () => {
  world = await WorkerWorld.start();
});

afterEach(() => world.stop());

describe('a cancellation', () => {
  it('aborts the attempts of its activity and no other', async () => {
    const { code, reasons } = untilAborted();
    const worker = await world.worker(activity(code));
    const canceled = world.task();
    const sibling = { ...canceled, activitySeq: 9 };
    const other = world.task();
    await world.send(canceled, sibling, other);
    await until(() => worker.status.running === 3);
    await world.send({ kind: 'activity-cancel-requested', runId: canceled.runId, activitySeq: canceled.activitySeq });

    expect(await world.owner.next('activity-finished')).toMatchObject({
      runId: canceled.runId,
      outcome: 'failed',
      failure: { type: 'ActivityAbortedError' },
    });
    await rest();
    expect(reasons).toEqual(['canceled']);
    expect(worker.status.running).toBe(2);
  });

  it('lets the code clean up, and return', async () => {
    const worker = await world.worker(
      activity(async () => {
        const { signal } = activityContext();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return 'cleaned up';
      }),
    );
    const task = world.task();
    await world.send(task);
    await until(() => worker.status.running === 1);
    await world.send({ kind: 'activity-cancel-requested', runId: task.runId, activitySeq: task.activitySeq });
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'completed', result: payload('cleaned up') });
  });

  it('is seen by code that looks at its signal later', async () => {
    const gate = new Gate();
    const worker = await world.worker(
      activity(async () => {
        await gate.passed;
        return activityContext().signal.aborted;
      }),
    );
    const task = world.task();
    await world.send(task);
    await until(() => worker.status.running === 1);
    await world.send({ kind: 'activity-cancel-requested', runId: task.runId, activitySeq: task.activitySeq });
    await rest();
    gate.open();
    expect(await world.owner.next('activity-finished')).toMatchObject({ result: payload(true) });
  });

  it('stays the reason when a time-out follows', async () => {
    const gate = new Gate();
    const seen: unknown[] = [];
    const worker = await world.worker(
      activity(async () => {
        await gate.passed;
        seen.push((activityContext().signal.reason as ActivityAbortedError).because);
      }),
    );
    const task = world.task({ startToCloseTimeoutMs: 1_000 });
    await world.send(task);
    await until(() => worker.status.running === 1);
    await world.send({ kind: 'activity-cancel-requested', runId: task.runId, activitySeq: task.activitySeq });
    await rest();
    world.clock.advanceBy(1_000);
    gate.open();
    await until(() => seen.length === 1);
    expect(seen).toEqual(['canceled']);
  });

  it('that overtakes its task keeps the code from running', async () => {
    let runs = 0;
    await world.worker(
      activity(async () => {
        runs += 1;
      }),
    );
    const task = world.task();
    await world.send({ kind: 'activity-cancel-requested', runId: task.runId, activitySeq: task.activitySeq });
    await rest();
    await world.send(task);
    expect(await world.owner.next('activity-finished')).toMatchObject({
      outcome: 'failed',
      failure: { type: 'ActivityAbortedError', nonRetryable: true },
    });
    expect(runs).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TaskMessage } from '@marathon/core';
import { activityCancellationsTopic, activityTopic, encodeMessage } from '@marathon/protocol';
import { activity, Gate, payload, rest, until, WorkerWorld } from '../../test/worker-world.js';
import { activityContext } from '../index.js';

let world: WorkerWorld;

beforeEach(async () => {
  world = await WorkerWorld.start();
});

afterEach(() => world.stop());

describe('a worker that stops', () => {
  it('lets what runs finish, and leaves what it has not begun to others', async () => {
    const gate = new Gate<string>();
    const first = await world.worker(
      activity(() => gate.passed),
      { maxConcurrent: 1 },
    );
    const running = world.task();
    await world.send(running);
    await until(() => first.status.running === 1);
    const waiting = world.task();
    await world.send(waiting);
    await until(() => first.status.waiting === 1);

    let isStopped = false;
    const stopped = first.stop().then(() => {
      isStopped = true;
    });
    expect(await world.owner.next('activity-announced')).toMatchObject({ runId: running.runId });
    await until(() => world.stream.done.length === 1);

    await world.worker(
      activity(async () => 'by the second'),
      { identity: 'worker-2' },
    );
    expect(await world.owner.next('activity-finished')).toMatchObject({ runId: waiting.runId, result: payload('by the second') });
    expect(isStopped).toBe(false);

    gate.open('by the first');
    expect(await world.owner.next('activity-finished', 2)).toMatchObject({ runId: running.runId, result: payload('by the first') });
    await stopped;
  });

  it('renews its leases meanwhile', async () => {
    const gate = new Gate();
    const worker = await world.worker(activity(() => gate.passed));
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    const stopped = worker.stop();
    await world.owner.next('activity-announced');
    await rest();
    world.clock.advanceBy(2_000);
    await world.owner.next('leases-renewed');
    gate.open();
    await stopped;
  });

  it('aborts after the drain time-out, and hands back what breaks off for that reason', async () => {
    const worker = await world.worker(
      activity(async () => {
        const { signal } = activityContext();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new Error('broken off', { cause: signal.reason });
      }),
      { drainTimeoutMs: 3_000 },
    );
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    const stopped = worker.stop();
    await world.owner.next('activity-announced');
    await rest();
    world.clock.advanceBy(2_999);
    await rest();
    expect(world.owner.all('activity-finished')).toEqual([]);
    world.clock.advanceBy(1);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'handed-back' });
    await stopped;
  });

  it('records a failure that shutdown did not cause', async () => {
    const worker = await world.worker(
      activity(async () => {
        const { signal } = activityContext();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        throw new TypeError('a defect');
      }),
      { drainTimeoutMs: 0 },
    );
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    const stopped = worker.stop();
    await world.owner.next('activity-announced');
    await rest();
    world.clock.advanceBy(0);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'failed', failure: { type: 'TypeError' } });
    await stopped;
  });

  it('hands back what ignores its signal, and drops what that gives later', async () => {
    const gate = new Gate<string>();
    const worker = await world.worker(
      activity(() => gate.passed),
      { drainTimeoutMs: 3_000 },
    );
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    const stopped = worker.stop();
    await world.owner.next('activity-announced');
    await rest();
    world.clock.advanceBy(3_000);
    await rest();
    expect(world.owner.all('activity-finished')).toEqual([]);
    world.clock.advanceBy(1_000);
    expect(await world.owner.next('activity-finished')).toMatchObject({
      outcome: 'handed-back',
      reason: expect.stringContaining('shut down'),
    });
    await stopped;
    gate.open('too late');
    await rest();
    expect(world.owner.all('activity-finished')).toHaveLength(1);
  });

  it('comes to an end without the stream; the tasks stay unfinished there', async () => {
    const gate = new Gate();
    const worker = await world.worker(activity(() => gate.passed));
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    world.stream.isAway = true;
    let isStopped = false;
    void worker.stop().then(() => {
      isStopped = true;
    });
    for (let second = 0; second < 16; second += 1) {
      world.clock.advanceBy(1_000);
      await rest();
    }
    expect(isStopped).toBe(true);
    expect(world.stream.done).toEqual([]);
    expect(world.clock.nextAtMs).toBeUndefined();
  });

  it('leaves no timer behind, and hears no cancellations any more', async () => {
    const worker = await world.worker(activity(async () => 1));
    await world.send(world.task({ announceAtOnce: true }), world.task());
    await world.owner.next('activity-finished', 2);
    expect(world.clock.nextAtMs).toBeDefined();
    await worker.stop();
    expect(world.clock.nextAtMs).toBeUndefined();

    await world.stream.publish([{ topic: activityCancellationsTopic, key: 'raw', value: 'no json' }]);
    await rest();
    expect(worker.status.malformedTotal).toBe(0);
  });

  it('may be stopped twice, and before it is started', async () => {
    const started = await world.worker(activity(async () => 1));
    const stopped = started.stop();
    expect(started.stop()).toBe(stopped);
    await stopped;
    const unstarted = await world.unstartedWorker(activity(async () => 1));
    await unstarted.stop();
    expect(await world.stream.consumersOf(activityTopic('default'))).toBe(0);
  });
});

describe('a partition that goes to another worker', () => {
  it('leaves what runs with the first, announced, and takes along what waits', async () => {
    const gate = new Gate<string>();
    const first = await world.worker(
      activity(() => gate.passed),
      { maxConcurrent: 2 },
    );
    const running = [world.task(), world.task()];
    const waiting = [world.task(), world.task()];
    const sendToBoth = (tasks: readonly TaskMessage[]) =>
      Promise.all(tasks.map((task, partition) => world.sendRaw({ partition, value: encodeMessage(task).value })));
    await sendToBoth(running);
    await until(() => first.status.running === 2);
    await sendToBoth(waiting);
    await until(() => first.status.waiting === 2);

    await world.worker(
      activity(async () => 'by the second'),
      { identity: 'worker-2' },
    );
    const announced = await world.owner.next('activity-announced');
    const lost = running.findIndex(({ runId }) => runId === announced.runId);
    expect(announced.worker).toBe('worker-1');
    await until(() => world.owner.all('activity-finished').some(({ runId }) => runId === waiting[lost]?.runId));
    expect(first.status).toMatchObject({ running: 2, waiting: 1 });

    gate.open('by the first');
    const resultsOf = (task?: TaskMessage) =>
      world.owner
        .all('activity-finished')
        .flatMap((finished) => (finished.runId === task?.runId && 'result' in finished ? [finished.result] : []));
    await until(() => resultsOf(running[lost]).includes(payload('by the first')));
    await until(() => first.status.running === 0);
    expect(resultsOf(waiting[lost])).toEqual([payload('by the second')]);
    expect(resultsOf(running[1 - lost])).toEqual([payload('by the first')]);
    expect(resultsOf(waiting[1 - lost])).toEqual([payload('by the first')]);
  });
});

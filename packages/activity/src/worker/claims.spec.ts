import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ActivityClaimRequestedMessage, AttemptRef, Message, TaskMessage } from '@marathon/core';
import { activity, Gate, publisherOn, rest, until, WorkerWorld } from '../../test/worker-world.js';
import { activityContext } from '../index.js';

let world: WorkerWorld;
let begun: string[];
let gates: Gate[];

beforeEach(async () => {
  world = await WorkerWorld.start(undefined, 'log');
  begun = [];
  gates = [];
});

afterEach(async () => {
  for (const gate of gates) gate.open();
  await world.stop();
});

/** An activity that ends when its gate is opened; with the input 'short', at once. */
const code = async (input: unknown) => {
  begun.push(activityContext().runId);
  if (input === 'short') return;
  const gate = new Gate();
  gates.push(gate);
  await gate.passed;
};

const inDoubt = (given: Parameters<WorkerWorld['task']>[0] = {}): TaskMessage => world.task({ ...given, redelivered: true });
const refOf = ({ runId, activitySeq, attempt }: AttemptRef): AttemptRef => ({ runId, activitySeq, attempt });
const answer = ({ replyTo: to }: ActivityClaimRequestedMessage, isGranted: boolean, ...claims: readonly AttemptRef[]) =>
  world.send({ kind: 'activity-claim-answered', to, answers: claims.map((claim) => ({ ...refOf(claim), isGranted })) });
const claimed = () => world.owner.all('activity-claim-requested').map(({ claims }) => claims.map(({ runId }) => runId));

/** A worker whose partitions were gained so long ago that it claims at once. */
async function settledWorker(options: Parameters<WorkerWorld['worker']>[1] = {}) {
  const worker = await world.worker(activity(code), options);
  world.clock.advanceBy(2_000);
  await rest();
  return worker;
}

describe('a task in doubt', () => {
  it('begins when its owner grants it, is leased then, and done', async () => {
    const worker = await settledWorker();
    const task = inDoubt();
    await world.send(task);
    const claim = await world.owner.next('activity-claim-requested');
    expect(claim).toMatchObject({ to: task.replyTo, worker: 'worker-1', claims: [refOf(task)] });
    expect([begun, world.stream.done, worker.status.running, worker.status.waiting]).toEqual([[], [], 0, 1]);

    await answer(claim, true, task);
    await until(() => begun.length === 1);
    await until(() => world.stream.done.length === 1);
    expect(worker.status).toMatchObject({ running: 1, leases: 1, waiting: 0 });
    world.clock.advanceBy(2_000);
    expect(await world.owner.next('leases-renewed')).toMatchObject({ leases: [refOf(task)] });
    expect(world.owner.all('activity-announced')).toEqual([]);
  });

  it('begins when its owner grants it though its outcome was sent a moment ago: the stream has lost that', async () => {
    await settledWorker();
    const task = inDoubt({ input: 'short' });
    for (const time of [1, 2]) {
      await world.send(task);
      await answer(await world.owner.next('activity-claim-requested', time), true, task);
      await world.owner.next('activity-finished', time);
    }
    expect(begun).toEqual([task.runId, task.runId]);
  });

  it('does not begin when its outcome was sent while its owner was asked: that is on its way', async () => {
    await settledWorker();
    const task = world.task();
    await world.send(task);
    await until(() => begun.length === 1);
    await world.send({ ...task, redelivered: true });
    const claim = await world.owner.next('activity-claim-requested');
    gates[0]?.open();
    await world.owner.next('activity-finished');
    await answer(claim, true, task);
    await until(() => world.stream.done.length === 2);
    expect(begun).toEqual([task.runId]);
  });

  it('is dropped, and done, when its owner refuses it', async () => {
    const worker = await settledWorker();
    const task = inDoubt();
    await world.send(task);
    await answer(await world.owner.next('activity-claim-requested'), false, task);
    await until(() => world.stream.done.length === 1);
    expect(worker.status).toMatchObject({ running: 0, waiting: 0, refusedTotal: 1 });
    expect(begun).toEqual([]);
    expect(world.owner.messages).toHaveLength(1);
  });

  it('is not claimed before one announce time after its partition was gained (C2)', async () => {
    await world.worker(activity(code), { announceAfterMs: 3_000 });
    const task = inDoubt();
    await world.send(task);
    await rest();
    world.clock.advanceBy(2_999);
    await rest();
    expect(claimed()).toEqual([]);
    world.clock.advanceBy(1);
    await world.owner.next('activity-claim-requested');
    expect(begun).toEqual([]);
  });

  it('is asked for again every two seconds while nobody answers', async () => {
    await settledWorker();
    const task = inDoubt();
    await world.send(task);
    for (let count = 1; count <= 3; count += 1) {
      await world.owner.next('activity-claim-requested', count);
      world.clock.advanceBy(1_999);
      await rest();
      expect(claimed()).toHaveLength(count);
      world.clock.advanceBy(1);
    }
    await answer(await world.owner.next('activity-claim-requested', 4), true, task);
    await until(() => begun.length === 1);
  });

  it('does not begin on an answer that is so old that its lease may lapse', async () => {
    await settledWorker();
    const task = inDoubt();
    await world.send(task);
    const claim = await world.owner.next('activity-claim-requested');
    world.clock.advanceBy(5_000);
    await answer(claim, true, task);
    await rest();
    expect(begun).toEqual([]);
    await answer(await world.owner.next('activity-claim-requested', 2), true, task);
    await until(() => begun.length === 1);
  });

  it('takes no heed of answers to others in the same partition of replies', async () => {
    await settledWorker();
    const task = inDoubt();
    await world.send(task);
    const claim = await world.owner.next('activity-claim-requested');
    const { correlationId } = claim.replyTo;
    await answer({ ...claim, replyTo: { ...claim.replyTo, correlationId: `other-${correlationId}` } }, true, task);
    await rest();
    expect(begun).toEqual([]);
  });

  it('is passed by tasks that are not in doubt, and takes its turn when it is granted', async () => {
    const worker = await settledWorker({ maxConcurrent: 2 });
    const [doubtful, first, second, third] = [inDoubt(), world.task(), world.task(), world.task()];
    await world.send(doubtful);
    const claim = await world.owner.next('activity-claim-requested');
    for (const task of [first, second, third]) await world.send(task);
    await until(() => begun.length === 2 && worker.status.waiting === 2);
    await answer(claim, true, doubtful);
    await rest();
    expect(begun).toEqual([first.runId, second.runId]);
    gates[0]?.open();
    await until(() => begun.length === 3);
    expect(begun.at(-1)).toBe(doubtful.runId);
  });

  it('keeps its lease while it waits for a slot: it is asked for again', async () => {
    await settledWorker({ maxConcurrent: 2 });
    const doubtful = inDoubt();
    await world.send(doubtful);
    const claim = await world.owner.next('activity-claim-requested');
    await world.send(world.task());
    await world.send(world.task());
    await until(() => begun.length === 2);
    await answer(claim, true, doubtful);
    await rest();
    for (let count = 2; count <= 5; count += 1) {
      world.clock.advanceBy(2_000);
      await answer(await world.owner.next('activity-claim-requested', count), true, doubtful);
      await rest();
    }
    gates[0]?.open();
    await until(() => begun.at(-1) === doubtful.runId);
  });
});

describe('tasks in doubt', () => {
  it('are asked for together, shard by shard, and no more than could begin (C3)', async () => {
    await settledWorker({ maxConcurrent: 3 });
    const elsewhere = { taskQueue: 'default', partition: 0 };
    const tasks = [inDoubt(), inDoubt(), inDoubt({ replyTo: elsewhere }), inDoubt({ input: 'short' }), inDoubt()] as const;
    // One partition, so that they come together.
    for (const task of tasks) Object.assign(task, { runId: tasks[0].runId, activitySeq: 2 });
    for (const [n, task] of tasks.entries()) Object.assign(task, { attempt: n + 1 });
    await world.send(...tasks);
    const attemptsOf = () =>
      world.owner.all('activity-claim-requested').map(({ to, claims }) => `${to.partition}: ${claims.map(({ attempt }) => attempt)}`);
    await until(() => attemptsOf().length === 2);
    expect(attemptsOf().toSorted()).toEqual(['0: 3', '1: 1,2']);
    for (const claim of world.owner.all('activity-claim-requested')) await answer(claim, false, ...claim.claims);
    await until(() => attemptsOf().length === 3);
    expect(attemptsOf().at(-1)).toBe('1: 4,5');
  });

  it('are asked for as soon as the question before them has gone out', async () => {
    const sending = new Gate();
    const publisher = { publish: (messages: readonly Message[]) => sending.passed.then(() => publisherOn(world.stream).publish(messages)) };
    await settledWorker({ publisher });
    const [earlier, later] = [inDoubt(), inDoubt()];
    await world.send(earlier);
    await rest();
    await world.send(later);
    await rest();
    sending.open();
    await until(() => claimed().length === 2);
    expect(claimed()).toEqual([[earlier.runId], [later.runId]]);
  });

  it('pile up no questions while the stream is away', async () => {
    await settledWorker();
    await world.send(inDoubt());
    await world.owner.next('activity-claim-requested');
    world.stream.isAway = true;
    for (let second = 0; second < 30; second += 1) {
      world.clock.advanceBy(1_000);
      await rest();
    }
    world.stream.isAway = false;
    world.clock.advanceBy(5_000);
    await world.owner.next('activity-claim-requested', 2);
    await rest();
    expect(claimed().length).toBeLessThanOrEqual(3);
  });

  it('are handed back when they are granted to a worker that has stopped meanwhile (C4)', async () => {
    const worker = await settledWorker();
    const task = inDoubt();
    await world.send(task, world.task());
    const claim = await world.owner.next('activity-claim-requested');
    await until(() => begun.length === 1);
    const stopped = worker.stop();
    await answer(claim, true, task);
    await answer(claim, true, task);
    expect(await world.owner.next('activity-finished')).toMatchObject({ ...refOf(task), outcome: 'handed-back' });
    gates[0]?.open();
    await stopped;
    await world.owner.next('activity-finished', 2);
    expect(world.owner.all('activity-finished').map(({ outcome }) => outcome)).toEqual(['handed-back', 'completed']);
    expect(begun).not.toContain(task.runId);
  });

  it('are not what a worker that stops in order has not begun: whoever gets it next begins at once', async () => {
    const first = await world.worker(activity(code), { maxConcurrent: 1 });
    await world.send(world.task());
    await until(() => begun.length === 1);
    const waiting = world.task();
    await world.send(waiting);
    await until(() => first.status.waiting === 1);
    const stopped = first.stop();
    await until(() => world.stream.done.length === 1);
    await world.worker(activity(code), { identity: 'worker-2' });
    await until(() => begun.length === 2);
    expect(begun[1]).toBe(waiting.runId);
    expect(claimed()).toEqual([]);
    for (const gate of gates) gate.open();
    await stopped;
  });
});

it('nothing is in doubt where messages die with the process: what is sent again runs at once (C5)', async () => {
  await world.stop();
  world = await WorkerWorld.start();
  await world.worker(activity(code));
  await world.send(inDoubt({ input: 'short' }));
  await world.owner.next('activity-finished');
  expect(claimed()).toEqual([]);
});

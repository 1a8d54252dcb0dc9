import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activity, Gate, payload, rest, until, untilAborted, WorkerWorld } from '../../test/worker-world.js';
import { type ActivityAbortedError, activityContext } from '../index.js';

let world: WorkerWorld;

beforeEach(async () => {
  world = await WorkerWorld.start();
});

afterEach(() => world.stop());

describe('an attempt that lasts', () => {
  it('is announced after two seconds, and its message is done once that is sent', async () => {
    const gate = new Gate();
    const worker = await world.worker(activity(() => gate.passed));
    const task = world.task();
    await world.send(task);
    await until(() => worker.status.running === 1);

    world.clock.advanceBy(1_999);
    await rest();
    expect(world.owner.messages).toEqual([]);
    expect(world.stream.done).toEqual([]);

    world.clock.advanceBy(1);
    const announced = await world.owner.next('activity-announced');
    expect(announced).toEqual({
      kind: 'activity-announced',
      to: task.replyTo,
      runId: task.runId,
      activitySeq: 2,
      attempt: 1,
      worker: 'worker-1',
    });
    await until(() => world.stream.done.length === 1);
    expect(worker.status.leases).toBe(1);
    gate.open();
    await world.owner.next('activity-finished');
    expect(worker.status.leases).toBe(0);
  });

  it('is announced when its partition goes to another worker, which does not get it then', async () => {
    const gate = new Gate<string>();
    const first = await world.worker(activity(() => gate.passed));
    const tasks = Array.from({ length: 10 }, () => world.task());
    await world.send(...tasks);
    await until(() => first.status.running === 10);
    const second = await world.worker(
      activity(() => gate.passed),
      { identity: 'worker-2' },
    );
    await until(() => first.status.leases > 0);
    const { leases } = first.status;
    expect(leases).toBeLessThan(10);
    await until(() => world.stream.done.length === leases);
    await rest();
    expect(second.status).toMatchObject({ running: 0, waiting: 0 });
    gate.open('by the first');
    await world.owner.next('activity-finished', 10);
  });

  it('is announced at once when its task asks for it', async () => {
    const gate = new Gate();
    await world.worker(activity(() => gate.passed));
    await world.send(world.task({ announceAtOnce: true }));
    await world.owner.next('activity-announced');
    gate.open();
    await world.owner.next('activity-finished');
  });

  it('is no matter of those that end sooner: they cost no announcement', async () => {
    const gate = new Gate();
    await world.worker(activity((n: number) => (n === 1 ? Promise.resolve() : gate.passed)));
    await world.send(world.task({ input: 1 }));
    await world.owner.next('activity-finished');
    world.clock.advanceBy(1_500);
    const long = world.task({ input: 2 });
    await world.send(long);
    await rest();
    world.clock.advanceBy(1_999);
    await rest();
    expect(world.owner.all('activity-announced')).toEqual([]);
    world.clock.advanceBy(1);
    expect(await world.owner.next('activity-announced')).toMatchObject({ runId: long.runId });
    gate.open();
  });

  it('has its lease renewed with those of its shard, in one message every two seconds', async () => {
    const gate = new Gate();
    const worker = await world.worker(activity(() => gate.passed));
    const here = { taskQueue: 'default', partition: 0 };
    const tasks = [world.task({ replyTo: here }), world.task({ replyTo: here }), world.task()];
    await world.send(...tasks);
    await until(() => worker.status.running === 3);

    world.clock.advanceBy(2_000);
    await world.owner.next('activity-announced', 3);
    world.clock.advanceBy(2_000);
    await world.owner.next('leases-renewed', 2);
    const leasesOf = (partition: number) =>
      world.owner
        .all('leases-renewed')
        .filter(({ to }) => to.partition === partition)
        .map(({ leases }) => leases.map(({ runId }) => runId).sort());
    expect(leasesOf(0)).toEqual([[tasks[0]?.runId, tasks[1]?.runId]]);
    expect(leasesOf(1)).toEqual([[tasks[2]?.runId]]);

    world.clock.advanceBy(2_000);
    await world.owner.next('leases-renewed', 4);
    gate.open();
    await world.owner.next('activity-finished', 3);
    world.clock.advanceBy(10_000);
    await rest();
    expect(world.owner.all('leases-renewed')).toHaveLength(4);
  });

  it('needs none of its messages any more: what comes again is done at once', async () => {
    const gate = new Gate();
    await world.worker(activity(() => gate.passed));
    const task = world.task({ announceAtOnce: true });
    await world.send(task);
    await until(() => world.stream.done.length === 1);
    await world.send({ ...task, redelivered: true });
    await until(() => world.stream.done.length === 2);
    expect(world.owner.all('activity-finished')).toEqual([]);
    gate.open();
  });

  it('piles up no renewals while the stream is away', async () => {
    const gate = new Gate();
    const worker = await world.worker(activity(() => gate.passed));
    await world.send(world.task({ announceAtOnce: true }));
    await world.owner.next('activity-announced');
    world.stream.isAway = true;
    for (let second = 0; second < 20; second += 1) {
      world.clock.advanceBy(1_000);
      await rest();
    }
    world.stream.isAway = false;
    world.clock.advanceBy(5_000);
    await world.owner.next('leases-renewed');
    await rest();
    expect(world.owner.all('leases-renewed').length).toBeLessThanOrEqual(2);
    expect(worker.status.leases).toBe(1);
    gate.open();
  });
});

describe('heartbeats', () => {
  it('travel with the next renewal, the latest alone, and with the outcome of a failed attempt', async () => {
    const gate = new Gate();
    let beat: (details?: unknown) => void = () => {};
    await world.worker(
      activity(async () => {
        ({ heartbeat: beat } = activityContext());
        await gate.passed;
        throw new Error('broken');
      }),
    );
    await world.send(world.task({ announceAtOnce: true }));
    await world.owner.next('activity-announced');
    beat({ page: 1 });
    world.clock.advanceBy(500);
    beat({ page: 2 });
    beat();
    const atMs = world.clock.now();
    world.clock.advanceBy(1_500);
    expect((await world.owner.next('leases-renewed')).leases).toEqual([
      expect.objectContaining({ heartbeat: { atMs, details: payload({ page: 2 }) } }),
    ]);

    world.clock.advanceBy(2_000);
    expect((await world.owner.next('leases-renewed', 2)).leases).toEqual([expect.not.objectContaining({ heartbeat: expect.anything() })]);
    beat();
    const laterMs = world.clock.now();
    world.clock.advanceBy(2_000);
    expect((await world.owner.next('leases-renewed', 3)).leases).toEqual([expect.objectContaining({ heartbeat: { atMs: laterMs } })]);

    gate.open();
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'failed', heartbeatDetails: payload({ page: 2 }) });
  });

  it('with details that cannot be recorded are an error for their author', async () => {
    const codes: unknown[] = [];
    await world.worker(
      activity(async () => {
        for (const details of ['x'.repeat(65_535), 'x'.repeat(65_534), () => 1]) {
          try {
            activityContext().heartbeat(details);
            codes.push('taken');
          } catch (error) {
            codes.push((error as { code: string }).code);
          }
        }
      }),
    );
    await world.send(world.task());
    await world.owner.next('activity-finished');
    expect(codes).toEqual(['MARATHON_HEARTBEAT_DETAILS_INVALID', 'taken', 'MARATHON_HEARTBEAT_DETAILS_INVALID']);
  });

  it('fill as many renewals as their details ask for', async () => {
    const gate = new Gate();
    const worker = await world.worker(
      activity(async () => {
        activityContext().heartbeat('x'.repeat(60_000));
        await gate.passed;
      }),
    );
    await world.send(...Array.from({ length: 20 }, () => world.task({ announceAtOnce: true })));
    await until(() => worker.status.leases === 20);
    world.clock.advanceBy(2_000);
    await world.owner.next('leases-renewed', 3);
    expect(world.owner.all('leases-renewed').map(({ leases }) => leases.length)).toEqual([8, 8, 4]);
    gate.open();
  });
});

describe('a time-out', () => {
  it('start-to-close: is reported at once, aborts the code, and drops its late result; the slot is free when the code ends', async () => {
    const gate = new Gate<string>();
    const reasons: unknown[] = [];
    const worker = await world.worker(
      activity(() => {
        const { signal } = activityContext();
        signal.addEventListener('abort', () => reasons.push((signal.reason as ActivityAbortedError).because));
        return gate.passed;
      }),
      { maxConcurrent: 1 },
    );
    await world.send(world.task({ startToCloseTimeoutMs: 5_000 }));
    await until(() => worker.status.running === 1);
    world.clock.advanceBy(4_999);
    await rest();
    expect(world.owner.all('activity-finished')).toEqual([]);
    world.clock.advanceBy(1);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'timed-out', timeout: 'startToClose' });
    expect(reasons).toEqual(['startToClose']);
    await until(() => worker.status.leases === 0);
    expect(worker.status).toMatchObject({ running: 1, overdue: 1, timedOutTotal: 1 });

    gate.open('too late');
    await until(() => worker.status.running === 0);
    expect(world.owner.all('activity-finished')).toHaveLength(1);
    expect(worker.status).toMatchObject({ overdue: 0, lateTotal: 1 });
  });

  it('start-to-close: is kept when it is shorter than the time until the announcement', async () => {
    const { code, reasons } = untilAborted();
    const worker = await world.worker(activity(code));
    await world.send(world.task({ startToCloseTimeoutMs: 100 }));
    await until(() => worker.status.running === 1);
    world.clock.advanceBy(100);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'timed-out', timeout: 'startToClose' });
    await until(() => worker.status.running === 0);
    expect(reasons).toEqual(['startToClose']);
    expect(world.owner.all('activity-announced')).toEqual([]);
  });

  it('leaves no timer behind when the attempt ends in time', async () => {
    const gate = new Gate();
    await world.worker(activity(() => gate.passed));
    await world.send(world.task({ startToCloseTimeoutMs: 500, announceAtOnce: true }));
    await world.owner.next('activity-announced');
    expect(world.clock.nextAtMs).toBe(world.clock.now() + 500);
    gate.open();
    await world.owner.next('activity-finished');
    // The next renewal finds nothing to renew, and is the last.
    expect(world.clock.nextAtMs).toBe(world.clock.now() + 2_000);
    world.clock.advanceBy(2_000);
    expect(world.clock.nextAtMs).toBeUndefined();
  });

  it('heartbeat: comes when the code was silent for too long, not while it beats', async () => {
    const { code, reasons } = untilAborted();
    let beat = () => {};
    await world.worker(
      activity(async () => {
        beat = activityContext().heartbeat;
        await code();
      }),
    );
    await world.send(world.task({ heartbeatTimeoutMs: 3_000, announceAtOnce: true }));
    await world.owner.next('activity-announced');
    for (let beats = 0; beats < 3; beats += 1) {
      world.clock.advanceBy(2_500);
      beat();
    }
    world.clock.advanceBy(2_999);
    await rest();
    expect(reasons).toEqual([]);
    world.clock.advanceBy(1);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'timed-out', timeout: 'heartbeat' });
    await until(() => reasons.length === 1);
    expect(reasons).toEqual(['heartbeat']);
  });

  it('schedule-to-close: aborts the code, whose outcome is reported as it comes', async () => {
    const { code, reasons } = untilAborted();
    const worker = await world.worker(activity(code));
    await world.send(world.task({ deadlineMs: world.clock.now() + 3_000 }));
    await until(() => worker.status.running === 1);
    world.clock.advanceBy(3_000);
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'failed', failure: { type: 'ActivityAbortedError' } });
    expect(reasons).toEqual(['scheduleToClose']);
  });

  it('schedule-to-close: an attempt whose deadline has passed does not begin', async () => {
    let runs = 0;
    await world.worker(
      activity(async () => {
        runs += 1;
      }),
    );
    await world.send(world.task({ deadlineMs: world.clock.now() }));
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'handed-back' });
    expect(runs).toBe(0);
  });
});

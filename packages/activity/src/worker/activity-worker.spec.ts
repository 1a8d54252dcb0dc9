import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { activity, Gate, payload, rest, turn, until, WorkerWorld } from '../../test/worker-world.js';
import { ActivityError, activityContext } from '../index.js';
import { tokenOf } from './activity-token.js';

let world: WorkerWorld;

beforeEach(async () => {
  world = await WorkerWorld.start();
});

afterEach(() => world.stop());

describe('an activity worker', () => {
  it('runs an activity with its input and reports its result to the owner of the run', async () => {
    await world.worker(activity(async ({ amount }: { amount: number }) => ({ doubled: amount * 2 })));
    const task = world.task({ input: { amount: 21 }, attempt: 3 });
    await world.send(task);

    const finished = await world.owner.next('activity-finished');
    expect(finished).toEqual({
      kind: 'activity-finished',
      to: { taskQueue: 'default', partition: 1 },
      runId: task.runId,
      activitySeq: 2,
      attempt: 3,
      outcome: 'completed',
      result: payload({ doubled: 42 }),
    });
  });

  it('gives no result for undefined, and keeps what JSON can say', async () => {
    await world.worker(activity(async (input: unknown) => input));
    await world.send(world.task(), world.task({ input: null }), world.task({ input: '\u0000\ud800' }));

    await world.owner.next('activity-finished', 3);
    const results = world.owner.all('activity-finished').map((finished) => 'result' in finished && finished.result);
    expect(results).toEqual(expect.arrayContaining([false, payload(null), payload('\u0000\ud800')]));
  });

  it('shows the code its context, at any depth', async () => {
    const seen: Record<string, unknown> = {};
    await world.worker(
      activity(async () => {
        await turn();
        const { runId, workflowId, workflow, activity, activitySeq, attempt, idempotencyKey, heartbeatDetails, deadlineMs, signal } =
          activityContext();
        Object.assign(seen, {
          runId,
          workflowId,
          workflow,
          activity,
          activitySeq,
          attempt,
          idempotencyKey,
          heartbeatDetails,
          deadlineMs,
          aborted: signal.aborted,
        });
      }),
    );
    const task = world.task({ attempt: 2, heartbeatDetails: payload({ page: 7 }), startToCloseTimeoutMs: 5_000 });
    await world.send(task);

    await world.owner.next('activity-finished');
    expect(seen).toEqual({
      runId: task.runId,
      workflowId: 'order-1',
      workflow: 'order',
      activity: 'test',
      activitySeq: 2,
      attempt: 2,
      idempotencyKey: `${task.runId}:2`,
      heartbeatDetails: { page: 7 },
      deadlineMs: world.clock.now() + 5_000,
      aborted: false,
    });
  });

  it('reports an attempt as deferred whose outcome comes later, and frees its slot', async () => {
    const gate = new Gate();
    const tokens: string[] = [];
    const worker = await world.worker(
      activity(async () => {
        const { token, heartbeat, completeLater } = activityContext();
        tokens.push(token);
        heartbeat({ page: 7 });
        completeLater();
        await gate.passed;
        return 'not looked at';
      }),
      { maxConcurrent: 1 },
    );
    const task = world.task({ tokenKey: 'A'.repeat(66) });
    await world.send(task);
    await until(() => worker.status.running === 1);
    gate.open();

    expect(await world.owner.next('activity-deferred')).toEqual({
      kind: 'activity-deferred',
      to: { taskQueue: 'default', partition: 1 },
      runId: task.runId,
      activitySeq: 2,
      attempt: 1,
      heartbeatDetails: payload({ page: 7 }),
    });
    await until(() => worker.status.running === 0);
    expect(worker.status.leases).toBe(0);
    await world.send({ ...task, redelivered: false });
    await rest();
    expect(tokens).toEqual([tokenOf(task)]);
    expect(world.owner.all('activity-finished')).toEqual([]);
  });

  it('lets an attempt fail that throws after it said that its outcome comes later', async () => {
    await world.worker(
      activity(async () => {
        activityContext().completeLater();
        throw new Error('could not hand out the token');
      }),
    );
    await world.send(world.task());

    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'failed' });
    expect(world.owner.all('activity-deferred')).toEqual([]);
  });

  it('has no token to hand out when the task brought no key', async () => {
    await world.worker(activity(async () => activityContext().token));
    await world.send(world.task());

    expect(await world.owner.next('activity-finished')).toMatchObject({
      outcome: 'failed',
      failure: { type: 'ActivityTokenMissingError' },
    });
  });

  it('has no context outside', () => {
    expect(() => activityContext()).toThrow(expect.objectContaining({ code: 'MARATHON_ACTIVITY_CONTEXT_MISSING' }));
  });

  it('records what the code threw, with type, details and causes, and without stacks', async () => {
    await world.worker(
      activity(async (kind: string) => {
        if (kind === 'typed')
          throw new ActivityError('CardDeclined', 'declined', {
            nonRetryable: true,
            details: { reason: 'limit' },
            cause: new TypeError('inner'),
          });
        throw new RangeError('too far');
      }),
    );
    await world.send(world.task({ input: 'typed' }));
    await world.owner.next('activity-finished');
    await world.send(world.task({ input: 'plain' }));
    await world.owner.next('activity-finished', 2);

    const failures = world.owner.all('activity-finished').map((finished) => finished.outcome === 'failed' && finished.failure);
    expect(failures).toEqual([
      {
        type: 'CardDeclined',
        message: 'declined',
        nonRetryable: true,
        details: payload({ reason: 'limit' }),
        cause: { type: 'TypeError', message: 'inner' },
      },
      { type: 'RangeError', message: 'too far' },
    ]);
  });

  it('fails the attempt when the code throws before its first await, or something that is no error', async () => {
    await world.worker(
      activity((kind: string) => {
        if (kind === 'text') return Promise.reject('just text');
        throw new Error('at once');
      }),
    );
    await world.send(world.task({ input: 'text' }), world.task({ input: 'error' }));

    await world.owner.next('activity-finished', 2);
    const messages = world.owner.all('activity-finished').map((finished) => finished.outcome === 'failed' && finished.failure.message);
    expect(messages.sort()).toEqual(['at once', 'just text']);
  });

  it('hands an unknown activity back, says what it knows, and takes it again when it comes again', async () => {
    await world.worker(activity(async () => 1));
    const task = world.task({ activity: 'tset' });
    await world.send(task);
    const reason = 'this worker does not know the activity "tset"; it knows: test';
    expect(await world.owner.next('activity-finished')).toMatchObject({ outcome: 'handed-back', reason });

    await world.send(task);
    expect(await world.owner.next('activity-finished', 2)).toMatchObject({ outcome: 'handed-back', reason });
  });

  it('passes over a message that it cannot read, counts it, and goes on', async () => {
    const worker = await world.worker(activity(async () => 'fine'));
    await world.sendRaw({ partition: 0, value: 'no json' });
    await world.sendRaw({ partition: 0, value: '{"type":"activity-task","v":1}' });
    await world.sendRaw({ partition: 0, value: '{"type":"activity-task","v":99}' });
    await world.send(world.task());

    await world.owner.next('activity-finished');
    await until(() => world.stream.done.length === 4);
    expect(worker.status).toMatchObject({ malformedTotal: 2, unknownVersionTotal: 1 });
    expect(world.owner.messages).toHaveLength(1);
  });
});

describe('a result that cannot be recorded', () => {
  it('fails its own attempt for good, and no other', async () => {
    await world.worker(
      activity(async (kind: string) => {
        if (kind === 'large') return 'x'.repeat(2_000);
        if (kind === 'umlauts') return 'ü'.repeat(600);
        if (kind === 'function') return () => 1;
        if (kind === 'bigint') return 1n;
        return 'fine';
      }),
      { resultBytesMax: 1_024 },
    );
    const kinds = ['large', 'umlauts', 'function', 'bigint', 'fine'];
    const tasks = kinds.map((input) => world.task({ input }));
    await world.send(...tasks);

    await world.owner.next('activity-finished', 5);
    const outcomes = Object.fromEntries(
      tasks.map(({ runId }, index) => {
        const finished = world.owner.all('activity-finished').find((message) => message.runId === runId);
        return [kinds[index], finished?.outcome === 'failed' ? [finished.failure.type, finished.failure.nonRetryable] : finished?.outcome];
      }),
    );
    expect(outcomes).toEqual({
      large: ['ResultTooLarge', true],
      umlauts: ['ResultTooLarge', true],
      function: ['ResultNotSerializable', true],
      bigint: ['ResultNotSerializable', true],
      fine: 'completed',
    });
  });

  it('is replaced by a failure when the stream refuses it', async () => {
    await world.worker(
      activity(async (size: number) => 'x'.repeat(size)),
      { resultBytesMax: 4_000_000 },
    );
    const large = world.task({ input: 1_100_000 });
    await world.send(large, world.task({ input: 10 }));

    await world.owner.next('activity-finished', 2);
    const ofLarge = world.owner.all('activity-finished').filter(({ runId }) => runId === large.runId);
    expect(ofLarge).toEqual([
      expect.objectContaining({ outcome: 'failed', failure: expect.objectContaining({ type: 'ResultTooLarge', nonRetryable: true }) }),
    ]);
    await until(() => world.stream.done.length === 2);
  });
});

describe('slots', () => {
  it('run maxConcurrent tasks at once, read as many ahead, and stop the stream at that', async () => {
    const gates: Gate[] = [];
    const worker = await world.worker(
      activity(async () => {
        const gate = new Gate();
        gates.push(gate);
        await gate.passed;
      }),
      { maxConcurrent: 2 },
    );
    await world.send(...Array.from({ length: 4 }, () => world.task()));
    await until(() => gates.length === 2 && worker.status.waiting === 2);
    expect(world.stream.pauses).toBe(1);

    await world.send(...Array.from({ length: 6 }, () => world.task()));
    await rest();
    expect([gates.length, worker.status.waiting, world.stream.resumes]).toEqual([2, 2, 0]);

    for (let ended = 1; ended <= 10; ended += 1) {
      gates[ended - 1]?.open();
      await world.owner.next('activity-finished', ended);
      await until(() => gates.length === Math.min(ended + 2, 10));
    }
    expect(world.stream.resumes).toBeGreaterThan(0);
    await until(() => world.stream.done.length === 10);
  });

  it('tell the stream what is done in whatever order tasks end', async () => {
    const gates = new Map<number, Gate>();
    await world.worker(
      activity(async (n: number) => {
        const gate = new Gate();
        gates.set(n, gate);
        await gate.passed;
      }),
    );
    const key = { runId: world.task().runId };
    for (const n of [1, 2, 3]) await world.send(world.task({ ...key, input: n, activitySeq: 5, attempt: n }));
    await until(() => gates.size === 3);

    gates.get(3)?.open();
    await until(() => world.stream.done.length === 1);
    gates.get(1)?.open();
    await until(() => world.stream.done.length === 2);
    const offsets = world.stream.done.map((name) => Number(name.split('/').at(-1)));
    expect(offsets[0]).toBeGreaterThan(offsets[1] as number);
    gates.get(2)?.open();
  });

  it('send the outcomes of tasks that end together with one publish', async () => {
    await world.worker(activity(async () => 'quick'));
    await world.send(...Array.from({ length: 20 }, (_, n) => world.task({ input: n })));
    await world.owner.next('activity-finished', 20);
    // The first is the one that sent the tasks. Each of the two partitions may have been delivered in a turn of its own.
    expect(world.stream.publishes[0]).toBe(20);
    expect(world.stream.publishes.length).toBeLessThanOrEqual(3);
  });

  it('stay taken, and tasks unfinished, until the outcome is sent: while the stream is away it is tried again', async () => {
    const gate = new Gate();
    const worker = await world.worker(
      activity(() => gate.passed),
      { maxConcurrent: 1 },
    );
    await world.send(world.task());
    await until(() => worker.status.running === 1);
    await world.send(world.task());
    await until(() => worker.status.waiting === 1);

    world.stream.isAway = true;
    const publishesBefore = world.stream.publishes.length;
    gate.open();
    await until(() => world.stream.publishes.length === publishesBefore + 1);
    await rest();
    expect(worker.status).toMatchObject({ running: 1, waiting: 1 });
    expect(world.stream.done).toEqual([]);

    world.clock.advanceBy(100);
    await until(() => world.stream.publishes.length === publishesBefore + 2);
    await rest();
    world.stream.isAway = false;
    world.clock.advanceBy(200);
    await world.owner.next('activity-finished', 2);
    await until(() => world.stream.done.length === 2);
  });
});

describe('a task that comes again', () => {
  it('does not run twice while it runs, nor right after its outcome was sent', async () => {
    let runs = 0;
    const gate = new Gate();
    await world.worker(
      activity(() => {
        runs += 1;
        return gate.passed;
      }),
    );
    const task = world.task();
    await world.send(task);
    await until(() => runs === 1);
    await world.send({ ...task, redelivered: true });
    await rest();
    expect(world.stream.done).toEqual([]);

    gate.open();
    await until(() => world.stream.done.length === 2);
    await world.send(task);
    await until(() => world.stream.done.length === 3);
    expect(runs).toBe(1);
    expect(world.owner.all('activity-finished')).toHaveLength(1);
  });

  it('runs again after a while, when nobody can say that its outcome arrived', async () => {
    let runs = 0;
    await world.worker(
      activity(async () => {
        runs += 1;
      }),
    );
    const task = world.task();
    await world.send(task);
    await until(() => world.stream.done.length === 1);
    world.clock.advanceBy(30_000);
    await world.send(task);
    await world.owner.next('activity-finished', 2);
    expect(runs).toBe(2);
  });

  it('runs as the next attempt of the same activity', async () => {
    await world.worker(activity(async () => activityContext().attempt));
    const task = world.task();
    await world.send(task);
    await world.owner.next('activity-finished');
    await world.send({ ...task, attempt: 2 });
    expect(await world.owner.next('activity-finished', 2)).toMatchObject({ attempt: 2, result: payload(2) });
  });
});

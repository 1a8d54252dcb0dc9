import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';
import type { AttemptRef, RunId, Shard, ShardOwner, TaskMessage } from '../../index.js';
import { byRun } from './claims.js';

let world: OwnerWorld;
let owner: ShardOwner;
let shard: Shard;
afterEach(() => world.stop());

/** As many runs of one shard, each with an activity that nobody has begun; gives their tasks. */
async function offered(count = 1): Promise<readonly TaskMessage[]> {
  world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.activity('one') }], { losesMessages: false });
  owner = await world.createOwner('a');
  await owner.gain(world.shards);
  shard = world.shards[0] as Shard;
  for (let i = 0; i < count; i++) world.deliver(owner, await world.insertRun('work', shard));
  await owner.settled();
  const tasks = world.messages.filter((message) => message.kind === 'activity-task');
  world.messages = [];
  world.done = [];
  return tasks;
}

const refOf = ({ runId, activitySeq, attempt }: AttemptRef): AttemptRef => ({ runId, activitySeq, attempt });

function claim(worker: string, ...claims: readonly AttemptRef[]): void {
  const replyTo = { partition: 3, correlationId: `${worker}@1` };
  world.deliver(owner, { kind: 'activity-claim-requested', to: shard, worker, claims: claims.map(refOf), replyTo });
}

const finish = (task: TaskMessage, outcome: object) =>
  world.deliver(owner, { kind: 'activity-finished', to: shard, ...refOf(task), ...outcome } as never);

/** What was answered since the last call, as `worker: granted, refused …`. */
async function answered(): Promise<readonly string[]> {
  await owner.settled();
  const told = world.messages;
  world.messages = [];
  return told.flatMap((message) =>
    message.kind === 'activity-claim-answered'
      ? [`${message.to.correlationId.slice(0, -2)}: ${message.answers.map(({ isGranted }) => (isGranted ? 'granted' : 'refused'))}`]
      : [],
  );
}

const startsOf = async (runId: RunId) =>
  (await world.history(runId)).flatMap((event) => (event.type === 'ActivityStarted' ? [event.data.worker] : []));

describe('an attempt that is claimed', () => {
  it('is granted to one worker, whose start and lease are recorded before it is told', async () => {
    const [task] = (await offered()) as [TaskMessage];
    let toldAtCommit: number | undefined;
    world.beforeCommit = async () => {
      toldAtCommit ??= world.messages.length;
    };
    claim('first', task);
    claim('second', task);
    expect(await answered()).toEqual(['first: granted', 'second: refused']);
    expect(toldAtCommit).toBe(0);
    expect(await startsOf(task.runId)).toEqual(['first']);
    expect(world.done).toHaveLength(2);

    world.clock.advanceBy(10_000);
    await owner.settled();
    expect(await world.typesOf(task.runId)).toContain('ActivityRetryScheduled');
  });

  it('is granted again to the same worker, whose lease begins anew, and refused to others all the time', async () => {
    const [task] = (await offered()) as [TaskMessage];
    claim('first', task);
    await answered();
    for (let i = 0; i < 4; i++) {
      world.clock.advanceBy(6_000);
      claim('second', task);
      claim('first', task);
      expect((await answered()).toSorted()).toEqual(['first: granted', 'second: refused']);
    }
    expect(await world.typesOf(task.runId)).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityStarted']);
  });

  it('is not kept alive by those that it is refused to', async () => {
    const [task] = (await offered()) as [TaskMessage];
    claim('first', task);
    await answered();
    world.clock.advanceBy(9_000);
    claim('second', task);
    expect(await answered()).toEqual(['second: refused']);
    world.clock.advanceBy(1_000);
    await owner.settled();
    expect(await world.typesOf(task.runId)).toContain('ActivityRetryScheduled');
  });

  it('is refused when another worker announced it, or its result came in the same batch', async () => {
    const [running, finished] = (await offered(2)) as [TaskMessage, TaskMessage];
    world.deliver(owner, { kind: 'activity-announced', to: shard, ...refOf(running), worker: 'other' });
    finish(finished, { outcome: 'completed' });
    claim('first', running, finished);
    expect(await answered()).toEqual(['first: refused,refused']);
    expect(await startsOf(finished.runId)).toEqual([]);
  });

  it('is refused when it is over: failed, handed back, of a run that has closed, or of none', async () => {
    const [failed, handedBack, closed] = (await offered(3)) as [TaskMessage, TaskMessage, TaskMessage];
    finish(failed, { outcome: 'failed', failure: { type: 'Error', message: 'no' } });
    finish(handedBack, { outcome: 'handed-back', reason: 'stops' });
    finish(closed, { outcome: 'completed' });
    await answered();
    const unknown = { ...closed, runId: '00000000-0000-7000-8000-999999999999' as RunId };
    claim('first', failed, handedBack, closed, unknown);
    expect(await answered()).toEqual(['first: refused,refused,refused,refused']);
    expect(world.done.at(-1)?.kind).toBe('activity-claim-requested');
  });
});

describe('a claim and the owner of its shard', () => {
  it.each(['lost-before', 'lost-after'] as const)('is granted once when a commit is %s', async (fault) => {
    const [task] = (await offered()) as [TaskMessage];
    world.log.failNext('commit', fault);
    claim('first', task);
    claim('second', task);
    await world.passTimeUntil(() => world.done.length === 2);
    expect(await answered()).toEqual(['first: granted', 'second: refused']);
    expect(await startsOf(task.runId)).toEqual(['first']);
  });

  it('is answered by the next owner as by the one before, whose answer was lost', async () => {
    const [task] = (await offered()) as [TaskMessage];
    claim('first', task);
    await answered();
    owner = await world.createOwner('b');
    await owner.gain(world.shards);
    claim('second', task);
    claim('first', task);
    expect((await answered()).toSorted()).toEqual(['first: granted', 'second: refused']);
    expect(await startsOf(task.runId)).toEqual(['first']);
  });

  it('is not answered by an owner that has lost the shard, though the answer needs no commit', async () => {
    const [task] = (await offered()) as [TaskMessage];
    claim('first', task);
    await answered();
    const zombie = owner;
    await (await world.createOwner('b')).gain(world.shards);
    for (const worker of ['first', 'second']) claim(worker, task);
    await zombie.settled();
    expect(await answered()).toEqual([]);
  });
});

it('is worked on run by run, and finished when each of its runs is', () => {
  let done = 0;
  const claims = [1, 2].map((n) => ({ runId: `run-${n}` as RunId, activitySeq: 2, attempt: 1 }));
  const message = {
    kind: 'activity-claim-requested',
    to: { taskQueue: 'q', partition: 0 },
    worker: 'w',
    claims,
    replyTo: { partition: 0, correlationId: 'w@1' },
  } as const;
  const parts = byRun({ shard: 1 as never, message, bytes: 301, done: () => done++ });
  expect(parts.map((part) => [part.bytes, 'claims' in part.message && part.message.claims])).toEqual([
    [151, [claims[0]]],
    [151, [claims[1]]],
  ]);
  parts[0]?.done();
  expect(done).toBe(0);
  parts[1]?.done();
  expect(done).toBe(1);
});

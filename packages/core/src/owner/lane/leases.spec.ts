import { afterEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';
import { encodePayload, type Payload, type ShardOwner, type TaskMessage } from '../../index.js';

let world: OwnerWorld;
let owner: ShardOwner;
afterEach(() => world.stop());

const toShard = () => world.shards[0]!;

/** A run that is at two activities: items of a map, or of its own. */
async function atTwo(isMap: boolean): Promise<readonly TaskMessage[]> {
  const run = isMap ? 'mapping' : 'calling';
  world = new OwnerWorld([
    { name: 'mapping', run: (ctx) => ctx.map([1, 2], 'work').catch(() => ctx.waitForSignal('go')) },
    { name: 'calling', run: (ctx) => Promise.all([ctx.activity('work', 1), ctx.activity('work', 2)]) },
  ]);
  owner = await world.createOwner('a');
  await owner.gain(world.shards);
  world.deliver(owner, await world.insertRun(run, toShard()));
  await owner.settled();
  const tasks = world.messages.filter((message) => message.kind === 'activity-task');
  for (const { runId, activitySeq, attempt } of tasks)
    world.deliver(owner, { kind: 'activity-announced', to: toShard(), runId, activitySeq, attempt, worker: 'w' });
  for (const task of tasks) beat(task);
  await owner.settled();
  expect(await heard(tasks)).toEqual(tasks.map(({ activitySeq }) => [activitySeq, '"half"']));
  return tasks;
}

function beat({ runId, activitySeq, attempt }: TaskMessage, details = 'half'): void {
  const heartbeat = { atMs: world.clock.now(), details: encodePayload(details) as Payload };
  world.deliver(owner, { kind: 'leases-renewed', to: toShard(), worker: 'w', leases: [{ runId, activitySeq, attempt, heartbeat }] });
}

async function complete({ runId, activitySeq, attempt }: TaskMessage): Promise<void> {
  world.deliver(owner, { kind: 'activity-finished', to: toShard(), runId, activitySeq, attempt, outcome: 'completed' });
  await owner.settled();
}

/** What is stored of heartbeats. */
async function heard([task]: readonly TaskMessage[]) {
  const run = (await world.log.runStore.loadRuns([task!.runId])).runs[0];
  return run?.heartbeats.map(({ activitySeq, details }) => [activitySeq, details]);
}

it('forgets what an item told by heartbeats with its end, and hears no late ones', async () => {
  const tasks = await atTwo(true);
  const [first, second] = tasks as [TaskMessage, TaskMessage];
  beat(first);
  await complete(first);
  expect(await heard(tasks)).toEqual([[second.activitySeq, '"half"']]);
  beat(first, 'late');
  beat(second, 'more');
  await owner.settled();
  expect(await heard(tasks)).toEqual([[second.activitySeq, '"more"']]);
});

it('forgets what the other items told when their map is over', async () => {
  const tasks = await atTwo(true);
  const { runId, activitySeq, attempt } = tasks[0]!;
  const failure = { type: 'E', message: 'no', nonRetryable: true };
  world.deliver(owner, { kind: 'activity-finished', to: toShard(), runId, activitySeq, attempt, outcome: 'failed', failure });
  await owner.settled();
  expect(await world.typesOf(runId)).toContain('MapFailed');
  expect(await heard(tasks)).toEqual([]);
});

it('writes nothing of a heartbeat that comes after the end of its activity', async () => {
  const tasks = await atTwo(false);
  await complete(tasks[0]!);
  const before = await heard(tasks);
  beat(tasks[0]!, 'late');
  await owner.settled();
  expect(await heard(tasks)).toEqual(before);
});

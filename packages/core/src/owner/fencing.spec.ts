import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { Message, Shard } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

/** Two runs in two shards of one lane, each with an activity whose result has just come. */
async function twoShards() {
  world = new OwnerWorld([
    {
      name: 'work',
      run: async (ctx) => {
        await ctx.activity('one');
        await ctx.run('step', () => steps.push(ctx.runId));
        return ctx.activity('two');
      },
    },
  ]);
  const steps: string[] = [];
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const [lost, kept] = world.shards as [Shard, Shard];
  const [ofLost, ofKept] = [await world.insertRun('work', lost), await world.insertRun('work', kept)];
  for (const started of [ofLost, ofKept]) world.deliver(owner, started);
  await owner.settled();
  world.completeActivities(owner, 1);
  world.done = [];
  return { owner, lost, ofLost: ofLost.runId, ofKept: ofKept.runId, steps };
}

const tellsOf = (messages: readonly Message[], runId: string) => JSON.stringify(messages).includes(runId);

describe('a shard that another owner takes while a batch is under way', () => {
  it('gets nothing written, told, acknowledged or performed, and runs of other shards go on', async () => {
    const { owner, lost, ofLost, ofKept, steps } = await twoShards();
    world.beforeCommit = async () => {
      world.beforeCommit = async () => {};
      await world.log.runStore.gainShards([lost], 'b');
    };
    await owner.settled();

    expect(await world.typesOf(ofLost)).toEqual(['WorkflowStarted', 'ActivityScheduled']);
    expect((await world.typesOf(ofKept)).slice(2)).toEqual(['ActivityCompleted', 'StepCompleted', 'ActivityScheduled']);
    expect(tellsOf(world.messages, ofLost)).toBe(false);
    expect(world.done.map((message) => 'runId' in message && message.runId)).toEqual([ofKept]);
    expect(steps).toEqual([ofKept]);
    expect(world.lost.map(({ id }) => id)).toEqual([lost.id]);
  });

  it('gets no wake-up, no heartbeat and no correction from the owner before', async () => {
    const { owner, lost, ofLost } = await twoShards();
    await owner.settled();
    await world.log.runStore.gainShards([lost], 'b');
    const lengthBefore = (await world.history(ofLost)).length;
    world.deliver(owner, {
      kind: 'leases-renewed',
      to: lost,
      worker: 'w',
      leases: [{ runId: ofLost, activitySeq: 5, attempt: 1, heartbeat: { atMs: 0, details: '"late"' as never } }],
    });
    await owner.settled();
    world.clock.advanceBy(60_000);
    await owner.settled();
    expect(await world.history(ofLost)).toHaveLength(lengthBefore);
    expect((await world.log.runStore.loadRuns([ofLost])).runs[0]?.heartbeats).toEqual([]);
  });
});

describe('a commit of which nobody knows whether it happened', () => {
  it.each(['lost-before', 'lost-after'] as const)('tells nothing before that is known, and everything then: %s', async (fault) => {
    const { owner, ofLost, ofKept } = await twoShards();
    world.messages = [];
    world.log.failNext('commit', fault);
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    world.beforeCommit = async () => resolve();
    await failed;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([world.messages, world.done]).toEqual([[], []]);

    world.clock.advanceBy(100);
    await owner.settled();
    for (const runId of [ofLost, ofKept]) {
      const types = await world.typesOf(runId);
      expect(types).toEqual(['WorkflowStarted', 'ActivityScheduled', 'ActivityCompleted', 'StepCompleted', 'ActivityScheduled']);
      expect(
        tellsOf(
          world.messages.filter(({ kind }) => kind === 'activity-task'),
          runId,
        ),
      ).toBe(true);
    }
    expect(world.done).toHaveLength(2);
  });
});

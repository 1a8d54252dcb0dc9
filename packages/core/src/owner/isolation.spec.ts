import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { RunId, Shard, ShardMessage } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

interface Records {
  readonly runs: ReadonlyMap<string, { readonly history: { type: number }[] }>;
}

describe('a run whose history this build cannot read', () => {
  it('holds up no other of its batch, and goes on once it can be read', async () => {
    world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.waitForSignal('go') }]);
    const before = await world.createOwner('before');
    await before.gain(world.shards);
    const [shard] = world.shards as [Shard];
    const started: { readonly runId: RunId }[] = [];
    for (let i = 0; i < 5; i++) started.push(await world.insertRun('work', shard));
    const owner = await world.createOwner('after');
    const { runs } = (world.log.runStore as unknown as { state: Records }).state;
    const poisoned = runs.get(started[2]?.runId as RunId)?.history[0] as { type: number };
    const { type } = poisoned;
    await owner.gain([]);

    const signals: ShardMessage[] = [];
    for (const { runId } of started) {
      const request = { kind: 'signal', name: 'go' } as const;
      const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
      if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
      signals.push({ kind: 'request-accepted', to: shard, runId, n: 1, request: outcome.request });
    }
    poisoned.type = 99;
    await owner.gain(world.shards);
    for (const signal of signals) world.deliver(owner, signal);
    await owner.settled();
    poisoned.type = type;
    const ends = async () => Promise.all(started.map(async ({ runId }) => (await world.typesOf(runId)).at(-1)));
    const closed = 'WorkflowCompleted';
    expect(await ends()).toEqual([closed, closed, 'WorkflowStarted', closed, closed]);
    expect(world.done.map((message) => 'runId' in message && message.runId)).not.toContain(started[2]?.runId);

    world.clock.advanceBy(30_000);
    await owner.settled();
    expect(await ends()).toEqual([closed, closed, closed, closed, closed]);
    expect(world.done.filter(({ kind }) => kind === 'request-accepted')).toHaveLength(5);
  });
});

describe('code that is found guilty while others of its batch are still loaded', () => {
  it('is suspended', async () => {
    const shared = Promise.withResolvers<void>();
    let settle = () => {};
    world = new OwnerWorld([
      { name: 'waits', run: (ctx) => Promise.race([ctx.activity('slow'), shared.promise.then(() => ctx.activity('late'))]) },
      {
        name: 'settles',
        run: async (ctx) => {
          await ctx.activity('act');
          settle();
          await ctx.activity('slow');
        },
      },
    ]);
    const owner = await world.createOwner('a');
    await owner.gain(world.shards);
    const [shard] = world.shards as [Shard];
    const guilty = await world.insertRun('waits', shard);
    const other = await world.insertRun('settles', shard);
    world.deliver(owner, other);
    await owner.settled();
    world.completeActivities(owner, 'done');
    world.deliver(owner, guilty);
    await owner.settled();
    expect(await world.typesOf(guilty.runId)).toEqual(['WorkflowStarted', 'ActivityScheduled']);

    settle = shared.resolve;
    const next = await world.createOwner('next');
    await next.gain(world.shards);
    await next.settled();
    expect((await world.typesOf(guilty.runId)).at(-1)).toBe('WorkflowSuspended');
    expect((await world.typesOf(other.runId)).at(-1)).toBe('ActivityScheduled');
  });
});

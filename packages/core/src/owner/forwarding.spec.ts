import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import { type Message, type RunId, runId, type Shard, type ShardMessage } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

/** Two owners of one shard each; a run waits for an activity in the first one's. */
async function twoOwners() {
  world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.activity('act') }]);
  const [home, away] = [await world.createOwner('home'), await world.createOwner('away')];
  const [ofHome, ofAway] = world.shards as [Shard, Shard];
  await home.gain([ofHome]);
  await away.gain([ofAway]);
  const started = await world.insertRun('work', ofHome);
  world.deliver(home, started);
  await home.settled();
  world.done = [];
  return { home, away, ofHome, ofAway, started, id: started.runId };
}

const result = (id: RunId, to: Shard): ShardMessage => ({
  kind: 'activity-finished',
  to,
  runId: id,
  activitySeq: 2,
  attempt: 1,
  outcome: 'completed',
});
const tick = () => new Promise((resolve) => setImmediate(resolve));
const sentOn = (): readonly Message[] => world.messages.filter((message) => 'forwarded' in message);

describe('a message for a run of another shard', () => {
  it('is sent on to the run’s shard before it is finished here, and moves the run there', async () => {
    const { home, away, ofHome, ofAway, id } = await twoOwners();
    world.deliver(away, result(id, ofAway));
    await away.settled();
    expect(sentOn()).toEqual([{ ...result(id, ofHome), forwarded: true }]);
    expect(world.done).toEqual([result(id, ofAway)]);
    expect(away.counts).toMatchObject({ forwarded: 1, forwardedInVain: 0 });

    world.deliver(home, sentOn()[0] as ShardMessage);
    await home.settled();
    expect((await world.typesOf(id)).at(-1)).toBe('WorkflowCompleted');
  });

  it('is dropped when it was sent on before', async () => {
    const { away, ofAway, id } = await twoOwners();
    world.deliver(away, { ...result(id, ofAway), forwarded: true });
    await away.settled();
    expect(sentOn()).toEqual([]);
    expect(world.done).toHaveLength(1);
    expect(away.counts).toMatchObject({ forwarded: 0, forwardedInVain: 1 });
  });

  it('is sent on though it tells of a start, and costs its shard nothing', async () => {
    const { away, ofHome, ofAway } = await twoOwners();
    const started = await world.insertRun('work', ofHome);
    world.deliver(away, { ...started, to: ofAway });
    await away.settled();
    expect(sentOn()).toEqual([{ ...started, to: world.shards[0], forwarded: true }]);
    expect(await world.typesOf(started.runId)).toEqual(['WorkflowStarted']);
    expect(world.lost).toEqual([]);
  });

  it('stays unfinished while the stream does not take it', async () => {
    const { away, ofAway, id } = await twoOwners();
    world.isStreamAway = true;
    world.deliver(away, result(id, ofAway));
    await world.passTimeUntil(() => world.refusedPublishes > 1);
    expect(world.done).toEqual([]);
    world.isStreamAway = false;
    await world.passTimeUntil(() => world.done.length > 0);
    expect(sentOn()).toHaveLength(1);
  });

  it('is taken here when both shards are this owner’s', async () => {
    const { away, ofHome, ofAway, id } = await twoOwners();
    await away.gain([ofHome]);
    world.deliver(away, result(id, ofAway));
    await away.settled();
    expect((await world.typesOf(id)).at(-1)).toBe('WorkflowCompleted');
    expect(sentOn()).toEqual([]);
  });

  it('is taken by a run in memory, and proves the epoch of the run’s own shard', async () => {
    const { home, ofHome, ofAway, id } = await twoOwners();
    await home.gain([ofAway]);
    world.deliver(home, result(id, ofAway));
    await home.settled();
    expect((await world.typesOf(id)).at(-1)).toBe('WorkflowCompleted');
    expect(world.lost).toEqual([]);
    expect(home.counts.forwarded).toBe(0);
    expect(ofHome.id).not.toBe(ofAway.id);
  });
});

describe('renewed leases', () => {
  it('go on to the shards of their runs, those that this shard does not have', async () => {
    const { home, away, ofHome, ofAway, id } = await twoOwners();
    const own = await world.insertRun('work', ofAway);
    world.deliver(away, own);
    await away.settled();
    const lease = (runId: RunId) => ({ runId, activitySeq: 2, attempt: 1 });
    world.deliver(home, { kind: 'activity-announced', to: ofHome, ...lease(id), worker: 'w' });
    await home.settled();
    for (let s = 0; s < 30; s += 2) {
      world.deliver(away, { kind: 'leases-renewed', to: ofAway, worker: 'w', leases: [lease(id), lease(own.runId)] });
      await away.settled();
      await tick();
      expect(sentOn()).toEqual([{ kind: 'leases-renewed', to: ofHome, worker: 'w', leases: [lease(id)], forwarded: true }]);
      world.deliver(home, sentOn()[0] as ShardMessage);
      world.messages = [];
      world.clock.advanceBy(2_000);
      await home.settled();
    }
    expect((await world.typesOf(id)).at(-1)).toBe('ActivityStarted');
  });

  it('are not sent on twice, nor for runs that have closed or are unknown', async () => {
    const { home, away, ofHome, ofAway, id } = await twoOwners();
    const renew = (runId: RunId, more: object = {}) => {
      const leases = [{ runId, activitySeq: 2, attempt: 1 }];
      world.deliver(away, { kind: 'leases-renewed', to: ofAway, worker: 'w', leases, ...more });
    };
    renew(id, { forwarded: true });
    await away.settled();
    await tick();
    world.deliver(home, result(id, ofHome));
    await home.settled();
    for (const one of [id, runId('00000000-0000-7000-8000-00000000dead')]) {
      renew(one);
      await away.settled();
      await tick();
    }
    expect(sentOn()).toEqual([]);
    expect(world.done).toHaveLength(4);
  });
});

describe('a message that is of no use any more', () => {
  it('is finished, and counted by its reason', async () => {
    const { home, ofHome, id } = await twoOwners();
    world.deliver(home, result(runId('00000000-0000-7000-8000-00000000dead'), ofHome));
    world.deliver(home, { ...result(id, ofHome), attempt: 7, outcome: 'failed', failure: { type: 'E', message: 'late' } } as ShardMessage);
    world.deliver(home, { kind: 'activity-announced', to: ofHome, runId: id, activitySeq: 9, attempt: 1, worker: 'w' });
    await home.settled();
    expect(home.counts).toMatchObject({ unknownRun: 1, oldAttempt: 2, closedRun: 0 });

    world.deliver(home, result(id, ofHome));
    await home.settled();
    world.deliver(home, result(id, ofHome));
    await home.settled();
    expect(home.counts).toMatchObject({ unknownRun: 1, oldAttempt: 2, closedRun: 1 });
    expect(world.done).toHaveLength(5);
  });
});

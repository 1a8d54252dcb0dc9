import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { Shard, ShardOwner, WorkflowContext } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

const define = (run: (ctx: WorkflowContext) => Promise<unknown>) => {
  world = new OwnerWorld([{ name: 'work', run }]);
};

async function ownerOfAll() {
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  return owner;
}

const first = () => world.shards[0] as Shard;

describe('a start that is announced again', () => {
  it('performs no step of a run that has closed meanwhile', async () => {
    let performed = 0;
    define((ctx) => ctx.run('step', () => ++performed));
    const owner = await ownerOfAll();
    const announced = await world.insertRun('work', first());
    world.deliver(owner, announced);
    await owner.settled();
    world.deliver(owner, { ...announced, redelivered: true });
    await owner.settled();
    expect(performed).toBe(1);
    expect(world.done).toHaveLength(2);
  });

  it('is finished when the run has gone on without this owner', async () => {
    define((ctx) => ctx.activity('act'));
    const owner = await ownerOfAll();
    const announced = await world.insertRun('work', first());
    world.deliver(owner, announced);
    await owner.settled();
    world.completeActivities(owner, 'done');
    await owner.settled();
    world.deliver(owner, announced); // by somebody who cannot know that it is one more time
    await owner.settled();
    expect(world.done).toHaveLength(3);
    expect((await world.typesOf(announced.runId)).at(-1)).toBe('WorkflowCompleted');
  });
});

describe('a shard that is lost', () => {
  it('takes along what its runs had not committed, and the next owner feeds it again', async () => {
    define(async (ctx) => {
      await ctx.activity('one');
      return ctx.activity('two');
    });
    const owner = await ownerOfAll();
    const announced = await world.insertRun('work', first());
    world.deliver(owner, announced);
    await owner.settled();
    world.completeActivities(owner, 1);
    world.onTurn = () => owner.lose([first()]);
    await owner.settled();
    world.onTurn = () => {};
    expect(await world.typesOf(announced.runId)).toEqual(['WorkflowStarted', 'ActivityScheduled']);

    await owner.gain([first()]);
    await owner.settled();
    world.completeActivities(owner, 2);
    await owner.settled();
    world.completeActivities(owner, 3);
    await owner.settled();
    expect((await world.history(announced.runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '3' });
  });

  it('is kept when only a commit from before its return was refused', async () => {
    define((ctx) => ctx.activity('one'));
    const owner = await ownerOfAll();
    const announced = await world.insertRun('work', first());
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    world.beforeCommit = () => {
      reached.resolve();
      return gate.promise;
    };
    world.deliver(owner, announced);
    await reached.promise;
    owner.lose([first()]);
    await owner.gain([first()]);
    gate.resolve();
    await owner.settled();
    expect(world.lost).toEqual([]);
    world.completeActivities(owner, 'done');
    await owner.settled();
    expect((await world.typesOf(announced.runId)).at(-1)).toBe('WorkflowCompleted');
  });

  it('does not leave a step behind that ended while it was away', async () => {
    const step = Promise.withResolvers<string>();
    let performed = 0;
    define((ctx) => ctx.run('step', () => (++performed === 1 ? step.promise : 'again')));
    const owner = await ownerOfAll();
    const announced = await world.insertRun('work', first());
    world.deliver(owner, announced);
    await owner.settled();
    owner.lose([first()]);
    step.resolve('once');
    await step.promise;
    await owner.settled();
    await owner.gain([first()]);
    await owner.settled();
    await owner.settled();
    expect((await world.history(announced.runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted' });
  });
});

describe('a recovered run', () => {
  it('has what it waits for offered once: again what was, and not twice what is', async () => {
    define(async (ctx) => {
      await ctx.activity('one');
      await ctx.activity('two');
    });
    await world.createOwner('nobody');
    const pending = await world.insertRun('work', first());
    const before = await ownerOfAll();
    await before.settled();
    expect(world.messages.filter(({ kind }) => kind === 'activity-task')).toMatchObject([{ runId: pending.runId, activitySeq: 2 }]);

    world.messages = [];
    const after = await ownerOfAll();
    await after.settled();
    const again = { runId: pending.runId, activitySeq: 2, redelivered: true };
    expect(world.messages.filter(({ kind }) => kind === 'activity-task')).toMatchObject([again]);
  });
});

describe('when the store goes away', () => {
  it('asks what the open runs of a gained shard wait for until it is answered', async () => {
    define((ctx) => ctx.run('step', () => 'done'));
    const owner = await world.createOwner('a');
    const { runId } = await world.insertRun('work', first());
    world.isAway = (call) => call === 'readRunsWaitingFor';
    await owner.gain([first()]);
    await world.passTimeUntil(() => world.refusedCalls === 3);
    world.isAway = () => false;
    await world.passTimeUntil(isSettled(owner));
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'StepCompleted', 'WorkflowCompleted']);
  });

  it('sends what a commit whose answer was lost had decided, once it is back', async () => {
    define((ctx) => ctx.activity('act'));
    const owner = await ownerOfAll();
    await owner.settled();
    world.goesAwayWithNextCommit = true;
    world.deliver(owner, await world.insertRun('work', first()));
    await world.passTimeUntil(() => world.refusedCalls === 3);
    expect(world.messages).toEqual([]);
    world.isAway = () => false;
    await world.passTimeUntil(() => world.messages.length > 0);
    expect(world.messages.map(({ kind }) => kind)).toEqual(['activity-task']);
  });

  it('stops all the same', async () => {
    define((ctx) => ctx.activity('act'));
    const owner = await ownerOfAll();
    await owner.settled();
    world.isAway = () => true;
    world.deliver(owner, await world.insertRun('work', first()));
    await world.passTimeUntil(() => world.refusedCalls === 2);
    await owner.stop();
    expect(world.done).toEqual([]);
  });
});

function isSettled(owner: ShardOwner): () => boolean {
  let isOver = false;
  void owner.settled().then(() => {
    isOver = true;
  });
  return () => isOver;
}

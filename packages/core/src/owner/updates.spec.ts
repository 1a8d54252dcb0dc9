import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import {
  type AnyWorkflowDefinition,
  encodePayload,
  type Payload,
  type RunAnsweredMessage,
  type RunId,
  type Shard,
  type ShardOwner,
  type UpdateDefinition,
} from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

const add: UpdateDefinition<number, number> = { kind: 'update', name: 'add' };

const adding: AnyWorkflowDefinition['run'] = async (ctx) => {
  let total = 0;
  ctx.onUpdate(add, async (n) => {
    await ctx.activity('file', n);
    total += n;
    return total;
  });
  await ctx.waitForSignal('done');
};

async function running(run: AnyWorkflowDefinition['run']) {
  world = new OwnerWorld([{ name: 'work', run }]);
  return world.running('work');
}

const replyTo = (correlationId: string) => ({ partition: 0, correlationId });

async function send(owner: ShardOwner, to: Shard, runId: RunId, updateId: string, input: unknown, name = 'add') {
  const request = { kind: 'update', updateId, name, payload: encodePayload(input) as Payload } as const;
  const intake = { namespace: 'default', workflowId: runId, request, idempotencyKey: updateId };
  const [outcome] = await world.log.intake.request([intake]);
  if (outcome?.outcome !== 'accepted') return outcome?.outcome;
  const nudge = { kind: 'request-accepted', to, runId, n: outcome.request.n, request: outcome.request } as const;
  world.deliver(owner, { ...nudge, replyTo: replyTo(updateId) });
  await owner.settled();
  return 'accepted';
}

async function askAgain(owner: ShardOwner, to: Shard, runId: RunId, updateId: string): Promise<void> {
  world.deliver(owner, { kind: 'update-awaited', to, runId, updateId, replyTo: replyTo('again') });
  await owner.settled();
}

function told(): readonly Partial<RunAnsweredMessage>[] {
  const answers = world.messages.filter((message) => message.kind === 'run-answered');
  world.messages = world.messages.filter(({ kind }) => kind !== 'run-answered');
  return answers;
}

describe('the answer to an update', () => {
  it('is told when it is committed, and to whoever asks again', async () => {
    const { owner, shard, runId } = await running(adding);
    expect(await send(owner, shard, runId, 'u1', 3)).toBe('accepted');
    expect(told()).toEqual([]);
    world.completeActivities(owner, null);
    await owner.settled();
    expect(told()).toMatchObject([{ to: { correlationId: 'u1' }, runId, outcome: 'completed', seq: 5, result: '3' }]);
    await askAgain(owner, shard, runId, 'u1');
    expect(told()).toMatchObject([{ to: { correlationId: 'again' }, outcome: 'completed', result: '3' }]);
    expect(await send(owner, shard, runId, 'u1', 3)).toBe('repeated');
    expect((await world.typesOf(runId)).filter((type) => type === 'UpdateReceived')).toHaveLength(1);
  });

  it('is the same from another owner, whether it was given before or is still to come', async () => {
    const { owner, shard, runId } = await running(adding);
    await send(owner, shard, runId, 'u1', 3);
    world.completeActivities(owner, null);
    await owner.settled();
    await send(owner, shard, runId, 'u2', 4);
    told();
    const next = await world.createOwner('b');
    await next.gain(world.shards);
    await askAgain(next, shard, runId, 'u1');
    expect(told()).toMatchObject([{ outcome: 'completed', result: '3' }]);
    await askAgain(next, shard, runId, 'u2');
    expect(told()).toEqual([]);
    world.completeActivities(next, null);
    await next.settled();
    expect(told()).toMatchObject([{ to: { correlationId: 'again' }, outcome: 'completed', result: '7' }]);
  });

  it('names the handlers where there is none of that name', async () => {
    const { owner, shard, runId } = await running(adding);
    await send(owner, shard, runId, 'u1', 3, 'ad');
    expect(told()).toMatchObject([{ outcome: 'unknown', names: ['add'] }]);
  });

  it('is "closed" where the run closes before a handler takes it up', async () => {
    const { owner, shard, runId } = await running(async (ctx) => void (await ctx.waitForSignal('done')));
    world.beforeCommit = async () => {
      world.beforeCommit = async () => {};
      const request = { kind: 'update', updateId: 'u1', name: 'add' } as const;
      await world.log.intake.request([{ namespace: 'default', workflowId: runId, request, idempotencyKey: 'u1' }]);
    };
    const [outcome] = await world.log.intake.request([
      { namespace: 'default', workflowId: runId, request: { kind: 'signal', name: 'done' } },
    ]);
    if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
    world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n: 1, request: outcome.request });
    await owner.settled();
    expect(await world.typesOf(runId)).toEqual(['WorkflowStarted', 'SignalReceived', 'UpdateReceived', 'WorkflowCompleted']);
    await askAgain(owner, shard, runId, 'u1');
    await askAgain(owner, shard, runId, 'never sent');
    expect(told()).toMatchObject([{ outcome: 'closed' }, { outcome: 'unknown' }]);
  });

  it('is "unknown" where none was sent, and nobody else who waits is told so', async () => {
    const { owner, shard, runId } = await running(adding);
    await send(owner, shard, runId, 'u1', 3);
    await askAgain(owner, shard, runId, 'never sent');
    expect(told()).toEqual([{ kind: 'run-answered', to: replyTo('again'), runId, outcome: 'unknown' }]);
  });

  it('is "unknown" of a suspended run, whose code is left alone', async () => {
    let begun = 0;
    const { owner, shard, runId } = await running(async (ctx) => {
      begun++;
      setImmediate(() => ctx.random());
      await ctx.waitForSignal('done');
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    await owner.settled();
    await askAgain(owner, shard, runId, 'never sent');
    expect(told()).toMatchObject([{ outcome: 'unknown' }]);
    expect([begun, await world.typesOf(runId)]).toEqual([1, ['WorkflowStarted', 'WorkflowSuspended']]);
  });

  it('is given to whoever asks before the word of its request has come', async () => {
    const { owner, shard, runId } = await running(adding);
    const request = { kind: 'update', updateId: 'u1', name: 'add', payload: encodePayload(3) as Payload } as const;
    await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
    await askAgain(owner, shard, runId, 'u1');
    expect(told()).toEqual([]);
    world.completeActivities(owner, null);
    await owner.settled();
    expect(told()).toMatchObject([{ outcome: 'completed', result: '3' }]);
  });

  it('is that of the code where it was sent before the code began', async () => {
    world = new OwnerWorld([{ name: 'work', run: adding }]);
    const owner = await world.createOwner('a');
    await owner.gain(world.shards);
    const [shard] = world.shards as [Shard];
    const { runId } = await world.insertRun('work', shard);
    const request = { kind: 'update', updateId: 'u1', name: 'ad' } as const;
    await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
    await askAgain(owner, shard, runId, 'u1');
    expect(told()).toMatchObject([{ outcome: 'unknown', names: ['add'] }]);
  });

  it('is not called "unknown" by an owner that has lost the shard unawares', async () => {
    const { owner, shard, runId } = await running(adding);
    await send(owner, shard, runId, 'u1', 3);
    const next = await world.createOwner('b');
    await next.gain(world.shards);
    await send(next, shard, runId, 'u2', 4);
    told();
    await askAgain(owner, shard, runId, 'u2');
    expect(told()).toEqual([]);
  });

  it('is awaited by nobody when its run has closed', async () => {
    const { owner, shard, runId } = await running(async (ctx) => {
      ctx.onUpdate(add, () => new Promise(() => {}));
      await ctx.waitForSignal('done');
    });
    await send(owner, shard, runId, 'u1', 1);
    const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request: { kind: 'terminate' } }]);
    if (outcome?.outcome !== 'accepted') throw new Error('not accepted');
    world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n: 2, request: outcome.request });
    await owner.settled();
    expect(told()).toMatchObject([{ outcome: 'closed' }]);
  });
});

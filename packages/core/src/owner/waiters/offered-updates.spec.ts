import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../../test/owner-world.js';
import {
  type AnyWorkflowDefinition,
  encodePayload,
  type Payload,
  type RequestIntake,
  type RunAnsweredMessage,
  type RunId,
  type Shard,
  type ShardOwner,
  StoreUnavailableError,
  type UpdateDefinition,
} from '../../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

const add: UpdateDefinition<number, number> = { kind: 'update', name: 'add' };

const adding: AnyWorkflowDefinition['run'] = async (ctx) => {
  let total = 0;
  ctx.onUpdate(add, (n) => {
    total += n;
    return total;
  });
  await ctx.run('begin', () => total);
  await ctx.waitForSignal('end');
};

/** A run of which something is committed. */
async function running(residentRuns = 1_000) {
  world = new OwnerWorld([{ name: 'work', run: adding }], { residentRuns });
  const { owner, shard, runId } = await world.running('work');
  await world.passTimeUntil(() => world.messages.length > 0);
  await owner.settled();
  world.messages = [];
  return { owner, shard, runId };
}

function offer(owner: ShardOwner, to: Shard, runId: RunId, updateId: string, n: number): void {
  const payload = encodePayload(n) as Payload;
  const replyTo = { partition: 0, correlationId: updateId };
  world.deliver(owner, { kind: 'update-offered', to, runId, updateId, name: 'add', payload, fingerprint: `add ${n}`, replyTo });
}

const intakeOf = (runId: RunId, updateId: string, n: number): RequestIntake => ({
  namespace: 'default',
  workflowId: runId,
  request: { kind: 'update', updateId, name: 'add', payload: encodePayload(n) as Payload },
  idempotencyKey: updateId,
  fingerprint: `add ${n}`,
});

/** By update id. */
function answers(): Readonly<Record<string, string>> {
  const told = world.messages.filter((message): message is RunAnsweredMessage => message.kind === 'run-answered');
  world.messages = [];
  return Object.fromEntries(told.map(({ to, outcome, result }) => [to.correlationId, result ?? outcome]));
}

const received = async (runId: RunId) =>
  (await world.history(runId)).flatMap(({ type, data }) => (type === 'UpdateReceived' ? [data.n] : []));

describe('an update that a gateway offers', () => {
  it('is accepted with the commit that records it, and is known by its id from then on', async () => {
    const { owner, shard, runId } = await running();
    const commits: string[] = [];
    world.onCall = (call) => void commits.push(call);
    offer(owner, shard, runId, 'u1', 3);
    await owner.settled();
    expect(answers()).toEqual({ u1: '3' });
    expect(commits).toEqual(['commit']);
    expect(await world.log.intake.request([intakeOf(runId, 'u1', 3)])).toMatchObject([{ outcome: 'repeated', runId }]);
    expect(await world.log.intake.request([intakeOf(runId, 'u1', 4)])).toMatchObject([{ outcome: 'key-reused' }]);
    const [next] = await world.log.intake.request([intakeOf(runId, 'u2', 4)]);
    expect(next).toMatchObject({ outcome: 'accepted', request: { n: 2 } });
  });

  it('shares a commit with others', async () => {
    const { owner, shard, runId } = await running();
    for (const n of [1, 2, 3]) offer(owner, shard, runId, `u${n}`, n);
    await owner.settled();
    expect(answers()).toEqual({ u1: '1', u2: '3', u3: '6' });
    expect(await received(runId)).toEqual([1, 2, 3]);
  });

  it('is declined where the run is not in memory', async () => {
    const { owner, shard, runId } = await running(0);
    offer(owner, shard, runId, 'u1', 3);
    await owner.settled();
    expect(answers()).toEqual({ u1: 'declined' });
    expect(await received(runId)).toEqual([]);
  });

  it('is declined when its id is known, twice in a batch or from before', async () => {
    const { owner, shard, runId } = await running();
    offer(owner, shard, runId, 'u1', 3);
    offer(owner, shard, runId, 'u1', 3);
    await owner.settled();
    offer(owner, shard, runId, 'u1', 3);
    await owner.settled();
    expect(await received(runId)).toEqual([1]);
    expect(answers()).toEqual({ u1: 'declined' });
  });

  it('is declined when another request was accepted meanwhile, which the run takes', async () => {
    const { owner, shard, runId } = await running();
    const request = { kind: 'signal', name: 'other' } as const;
    await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
    offer(owner, shard, runId, 'u1', 3);
    await owner.settled();
    expect(answers()).toEqual({ u1: 'declined' });
    expect((await world.typesOf(runId)).slice(-1)).toEqual(['SignalReceived']);
  });

  it('is declined when its id is another request’s, and leaves nothing', async () => {
    const { owner, shard, runId } = await running();
    const request = { kind: 'signal', name: 'other' } as const;
    const [signal] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request, idempotencyKey: 'u1' }]);
    if (signal?.outcome !== 'accepted') throw new Error('not accepted');
    world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n: 1, request: signal.request });
    await owner.settled();
    offer(owner, shard, runId, 'u1', 3);
    offer(owner, shard, runId, 'u2', 4);
    await owner.settled();
    expect(answers()).toEqual({ u1: 'declined', u2: 'declined' });
    expect(await received(runId)).toEqual([]);
    offer(owner, shard, runId, 'u3', 5);
    await owner.settled();
    expect(answers()).toEqual({ u3: '5' });
  });

  it('is declined, and known, when nobody knows whether its commit went through', async () => {
    const { owner, shard, runId } = await running();
    world.goesAwayWithNextCommit = true;
    offer(owner, shard, runId, 'u1', 3);
    await world.passTimeUntil(() => world.messages.length > 0);
    world.isAway = () => false;
    expect(answers()).toEqual({ u1: 'declined' });
    expect(await received(runId)).toEqual([1]);
    expect(await world.log.intake.request([intakeOf(runId, 'u1', 3)])).toMatchObject([{ outcome: 'repeated' }]);
  });

  it('is declined when the database was away before its commit', async () => {
    const { owner, shard, runId } = await running();
    let isAway = true;
    world.beforeCommit = async () => {
      if (!isAway) return;
      isAway = false;
      throw new StoreUnavailableError('the store is away');
    };
    offer(owner, shard, runId, 'u1', 3);
    await world.passTimeUntil(() => world.messages.length > 0);
    await owner.settled();
    expect(answers()).toEqual({ u1: 'declined' });
    expect(await received(runId)).toEqual([]);
  });
});

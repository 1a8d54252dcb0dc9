import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import {
  type AttemptRef,
  encodePayload,
  leaseMs,
  type NewActivityRequest,
  type RunId,
  type ShardOwner,
  type TaskMessage,
  wakeCause,
} from '../index.js';

let world: OwnerWorld;
let owner: ShardOwner;
afterEach(() => world.stop());

const calls = { plain: {}, beating: { heartbeatTimeout: 10_000 }, lasting: { startToCloseTimeout: '1h' } } as const;

/** A run whose activity was offered. */
async function offered(
  call: keyof typeof calls = 'plain',
  options: ConstructorParameters<typeof OwnerWorld>[1] = {},
): Promise<TaskMessage> {
  world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.activity('one', undefined, calls[call]) }], options);
  owner = await world.createOwner('a');
  await owner.gain(world.shards);
  world.deliver(owner, await world.insertRun('work', world.shards[0]!));
  await owner.settled();
  return tasks()[0] as TaskMessage;
}

function tasks(): readonly TaskMessage[] {
  const told = world.messages;
  world.messages = [];
  return told.filter((message) => message.kind === 'activity-task');
}

const refOf = ({ runId, activitySeq, attempt }: AttemptRef): AttemptRef => ({ runId, activitySeq, attempt });
const tell = (kind: 'activity-deferred' | 'activity-announced', task: TaskMessage) =>
  world.deliver(owner, { kind, to: world.shards[0]!, worker: 'w', ...refOf(task) } as never);

async function bring({ runId, activitySeq, attempt }: TaskMessage, more: Partial<NewActivityRequest> = {}): Promise<void> {
  const request = { kind: 'complete-activity', activitySeq, attempt, ...more } as NewActivityRequest;
  const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, runId, request }]);
  if (outcome?.outcome !== 'accepted') throw new Error(`the request is ${outcome?.outcome}`);
  world.deliver(owner, { kind: 'request-accepted', to: world.shards[0]!, runId, n: outcome.request.n, request: outcome.request });
  await owner.settled();
}

async function advanceBy(ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    world.clock.advanceBy(Math.min(1_000, ms - passedMs));
    await new Promise((resolve) => setImmediate(resolve));
    await owner.settled();
  }
}

const typesOf = async (runId: RunId) => (await world.history(runId)).slice(1).map(({ type }) => type);

describe('a deferred attempt', () => {
  it('needs no lease, and is completed by a request', async () => {
    const task = await offered('lasting');
    tell('activity-announced', task);
    tell('activity-deferred', task);
    await owner.settled();
    await advanceBy(10 * leaseMs);
    expect(await typesOf(task.runId)).toEqual(['ActivityScheduled', 'ActivityStarted', 'ActivityDeferred']);

    await bring(task, { payload: encodePayload('done')! });

    expect(await world.history(task.runId)).toMatchObject([
      {},
      {},
      {},
      {},
      { type: 'ActivityCompleted', data: { n: 1 }, payload: '"done"' },
      { type: 'WorkflowCompleted', payload: '"done"' },
    ]);
  });

  it('is completed by a request that comes before the word that it is deferred', async () => {
    const task = await offered();
    await bring(task);
    tell('activity-deferred', task);
    await owner.settled();
    expect(await typesOf(task.runId)).toEqual(['ActivityScheduled', 'ActivityCompleted', 'WorkflowCompleted']);
  });

  it('runs out of its start-to-close time under another owner, too', async () => {
    const task = await offered();
    tell('activity-deferred', task);
    await owner.settled();
    owner = await world.createOwner('b');
    await owner.start();
    await owner.gain(world.shards);
    await advanceBy(599_000);
    expect(await typesOf(task.runId)).toEqual(['ActivityScheduled', 'ActivityDeferred']);
    await advanceBy(10_000);
    expect(await typesOf(task.runId)).toContain('ActivityRetryScheduled');
  });

  it('lives by heartbeats where it promised some', async () => {
    const task = await offered('beating');
    tell('activity-deferred', task);
    await owner.settled();
    for (let i = 0; i < 4; i++) {
      await advanceBy(9_000);
      const lease = { ...refOf(task), heartbeat: { atMs: world.clock.now() } };
      world.deliver(owner, { kind: 'leases-renewed', to: world.shards[0]!, worker: 'gateway', leases: [lease] });
      await owner.settled();
    }
    expect(await typesOf(task.runId)).toEqual(['ActivityScheduled', 'ActivityDeferred']);
    await advanceBy(15_000);
    expect(await typesOf(task.runId)).toContain('ActivityRetryScheduled');
  });

  it('is not offered again, neither by an auditor nor where messages die with their process', async () => {
    const task = await offered('lasting', { losesMessages: true, resendAfterMs: 10_000 });
    tell('activity-deferred', task);
    await owner.settled();
    await advanceBy(100_000);
    owner = await world.createOwner('b');
    await owner.gain(world.shards);
    await owner.settled();
    await advanceBy(100_000);
    expect(tasks()).toEqual([]);
    const waiting = await world.log.runStore.readRunsWaitingFor(
      world.shards.map(({ id }) => id),
      wakeCause.activity,
      undefined,
      10,
    );
    expect(waiting).toEqual([]);
  });

  it('is refused to a worker that claims it', async () => {
    const task = await offered('plain', { losesMessages: false });
    tell('activity-announced', task);
    tell('activity-deferred', task);
    await owner.settled();
    const replyTo = { partition: 3, correlationId: 'w@1' };
    world.deliver(owner, { kind: 'activity-claim-requested', to: world.shards[0]!, worker: 'w', claims: [refOf(task)], replyTo });
    await owner.settled();
    expect(world.messages).toMatchObject([{ kind: 'activity-claim-answered', answers: [{ isGranted: false }] }]);
  });
});

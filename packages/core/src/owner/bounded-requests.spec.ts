import { afterEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { AnyWorkflowDefinition, Message, NewRequest, RequestBound, RunId, UpdateDefinition } from '../index.js';

const worlds: OwnerWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const readAtOnce: number[] = [];
const atMost: RequestBound = { requests: 3, bytes: 1_000_000 };

function createWorld(run: AnyWorkflowDefinition['run'], options: ConstructorParameters<typeof OwnerWorld>[1] = {}): OwnerWorld {
  const world = new OwnerWorld([{ name: 'work', run }], { requestBound: atMost, ...options });
  worlds.push(world);
  readAtOnce.length = 0;
  const { runStore } = world.log;
  const readRequests = runStore.readRequests.bind(runStore);
  runStore.readRequests = async (...args) => {
    const read = await readRequests(...args);
    readAtOnce.push(read.requests.length);
    return read;
  };
  return world;
}

async function accept(world: OwnerWorld, runId: RunId, request: NewRequest): Promise<number> {
  const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
  if (outcome?.outcome !== 'accepted') throw new Error(`not accepted: ${outcome?.outcome}`);
  return outcome.request.n;
}

/** Signals that no owner is told of. */
async function signal(world: OwnerWorld, runId: RunId, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await accept(world, runId, { kind: 'signal', name: 'go' });
}

async function numbersOf(world: OwnerWorld, runId: RunId): Promise<readonly unknown[]> {
  return (await world.history(runId)).map(({ type, data }) => ('n' in data ? data.n : type));
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

const takes =
  (count: number): AnyWorkflowDefinition['run'] =>
  async (ctx) => {
    for (let i = 0; i < count; i++) await ctx.waitForSignal('go');
    await ctx.activity('ask');
  };

it('takes what waits for runs a part at a time, in its order, and has all of it in the end', async () => {
  const world = createWorld(takes(20));
  const ids: RunId[] = [];
  await world.createOwner('a');
  for (let i = 0; i < 5; i++) ids.push((await world.insertRun('work', world.shards[i % 2]!)).runId);
  for (const id of ids) await signal(world, id, 10);

  const owner = await world.createOwner('b');
  await owner.gain(world.shards);
  await owner.settled();

  expect(Math.max(...readAtOnce)).toBe(atMost.requests);
  for (const id of ids) expect(await numbersOf(world, id)).toEqual(['WorkflowStarted', ...upTo(10)]);
});

it('loses none of them when runs are evicted, and batches fail', async () => {
  const world = createWorld(takes(20), { losesMessages: false, residentRuns: 1 });
  const ids: RunId[] = [];
  await world.createOwner('a');
  for (let i = 0; i < 5; i++) ids.push((await world.insertRun('work', world.shards[i % 2]!)).runId);
  for (const id of ids) await signal(world, id, 10);

  let taken = 0;
  const commit = world.log.runStore.commit.bind(world.log.runStore);
  world.log.runStore.commit = async (batch) => {
    const outcome = await commit(batch);
    for (const { runId, events } of batch.advances) if (outcome.advanced.has(runId)) taken += events.length;
    return outcome;
  };
  world.isAway = (call) => call === 'commit' && world.refusedCalls < 5;
  const owner = await world.createOwner('b');
  await owner.gain(world.shards);
  await world.passTimeUntil(() => taken === 50);
  await owner.settled();
  for (const id of ids) expect(await numbersOf(world, id)).toEqual(['WorkflowStarted', ...upTo(10)]);
});

it('brings what a message tells of only after what came before it', async () => {
  const world = createWorld(takes(20));
  const { owner, shard, runId } = await world.running('work');
  await signal(world, runId, 8);
  const n = await accept(world, runId, { kind: 'signal', name: 'go' });
  world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n, request: { kind: 'signal', name: 'go', n } });
  await owner.settled();

  expect(readAtOnce).toEqual([3, 3, 3]);
  expect(await numbersOf(world, runId)).toEqual(['WorkflowStarted', ...upTo(9)]);
});

it.each(['completes', 'is terminated'])('closes a run that %s when it has taken them all, however many there are', async (how) => {
  const world = createWorld(takes(how === 'completes' ? 1 : 100));
  const { owner, shard, runId } = await world.running('work');
  if (how === 'is terminated') await accept(world, runId, { kind: 'terminate' });
  await signal(world, runId, 40);
  const n = await accept(world, runId, { kind: 'signal', name: 'go' });
  world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n });
  await owner.settled();
  if (how === 'completes') world.completeActivities(owner, 1);
  await owner.settled();

  expect(Math.max(...readAtOnce)).toBe(atMost.requests);
  const [first, ...others] = await world.history(runId);
  expect(first?.type).toBe('WorkflowStarted');
  expect(others.filter(({ type }) => type === 'SignalReceived')).toHaveLength(41);
  expect(others.at(-1)?.type).toBe(how === 'completes' ? 'WorkflowCompleted' : 'WorkflowTerminated');
});

const answers: UpdateDefinition<undefined, string> = { kind: 'update', name: 'answer' };

it('tells nobody that an update was never sent while there are requests that it has not read', async () => {
  const world = createWorld(async (ctx) => {
    ctx.onUpdate(answers, async () => 'here');
    await ctx.waitForSignal('never');
  });
  const { owner, shard, runId } = await world.running('work');
  await signal(world, runId, 8);
  await accept(world, runId, { kind: 'update', updateId: 'late', name: 'answer' });
  const answersTo = async (updateId: string) => {
    const replyTo = { partition: 0, correlationId: updateId };
    world.deliver(owner, { kind: 'update-awaited', to: shard, runId, updateId, replyTo });
    await owner.settled();
    const isAnswer = (message: Message) => message.kind === 'run-answered' && message.to.correlationId === updateId;
    return world.messages.filter(isAnswer).map((message) => 'outcome' in message && message.outcome);
  };

  expect(await answersTo('late')).toEqual(['completed']);
  expect(readAtOnce).toEqual([3, 3, 3]);
  expect(await answersTo('never sent')).toEqual(['unknown']);
});

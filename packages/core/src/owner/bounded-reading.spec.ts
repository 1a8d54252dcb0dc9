import { afterEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { RunId, ShardOwner, WorkflowContext } from '../index.js';

const worlds: OwnerWorld[] = [];
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.stop())));

const begun: string[] = [];

/** Its history has two events for each of five answers. */
const collect = {
  name: 'collect',
  run: async (ctx: WorkflowContext) => {
    begun.push(ctx.runId);
    for (let i = 0; i < 5; i++) await ctx.activity('ask');
  },
};

const eventsAtOnce = 25;
const loadedAtOnce: number[] = [];
const loadedRuns: RunId[] = [];

function createWorld(options: ConstructorParameters<typeof OwnerWorld>[1] = {}) {
  const world = new OwnerWorld([collect], { ...options, historyBound: { events: eventsAtOnce, bytes: 1_000_000 } });
  worlds.push(world);
  const { runStore } = world.log;
  const loadRuns = runStore.loadRuns.bind(runStore);
  runStore.loadRuns = async (...args) => {
    const loaded = await loadRuns(...args);
    loadedRuns.push(...loaded.runs.map(({ runId }) => runId));
    loadedAtOnce.push(loaded.runs.reduce((sum, { lastSeq }) => sum + lastSeq, 0));
    return loaded;
  };
  return world;
}

/** Runs that have got as far as to their third question. */
async function askingRuns(world: OwnerWorld, count: number): Promise<{ readonly owner: ShardOwner; readonly ids: readonly RunId[] }> {
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const ids: RunId[] = [];
  for (let i = 0; i < count; i++) {
    const started = await world.insertRun('collect', world.shards[i % 2]!);
    ids.push(started.runId);
    world.deliver(owner, started);
  }
  const haveAsked = () => tasksOf(world).length === count;
  for (let i = 0; i < 2; i++) {
    await world.passTimeUntil(haveAsked);
    world.completeActivities(owner, i);
  }
  await world.passTimeUntil(haveAsked);
  await owner.settled();
  begun.length = 0;
  loadedAtOnce.length = 0;
  loadedRuns.length = 0;
  return { owner, ids };
}

const tasksOf = ({ messages }: OwnerWorld) => messages.flatMap((message) => (message.kind === 'activity-task' ? [message.runId] : []));

it('recovers runs whose histories do not fit into memory together, a few at a time, and each once', async () => {
  const world = createWorld();
  const { owner, ids } = await askingRuns(world, 30);
  await owner.stop();
  world.messages = [];

  const next = await world.createOwner('b');
  await next.gain(world.shards);
  await next.settled();

  expect(Math.max(...loadedAtOnce)).toBeLessThanOrEqual(eventsAtOnce);
  expect(begun.toSorted()).toEqual(ids.toSorted());
  expect(tasksOf(world).toSorted()).toEqual(ids.toSorted());
});

it('reads no page of runs to recover before those of the last one are back', async () => {
  const world = createWorld();
  const { owner } = await askingRuns(world, 201);
  await owner.stop();

  const backAtPages: number[] = [];
  world.onCall = (call) => {
    if (call === 'readRunsWaitingFor') backAtPages.push(begun.length);
  };
  const next = await world.createOwner('b');
  await next.gain(world.shards);
  await next.settled();
  expect(backAtPages).toEqual([0, 200]);
  expect(begun).toHaveLength(201);
});

it('takes what comes for runs that are not in memory in its order, a few in a batch, and loses nothing', async () => {
  const world = createWorld({ losesMessages: false, residentRuns: 2 });
  const { owner, ids } = await askingRuns(world, 20);
  const asked = tasksOf(world);
  world.done = [];
  world.completeActivities(owner, 'third');
  await owner.settled();

  expect(Math.max(...loadedAtOnce)).toBeLessThanOrEqual(eventsAtOnce);
  expect(loadedRuns).toHaveLength(18);
  expect(loadedRuns).toEqual(asked.filter((id) => loadedRuns.includes(id)));
  expect(world.done).toHaveLength(20);
  for (const id of ids) expect((await world.typesOf(id)).filter((type) => type === 'ActivityCompleted')).toHaveLength(3);
});

it('brings what a batch had no room for once, however often the batch fails', async () => {
  const world = createWorld({ losesMessages: false, residentRuns: 2 });
  const { owner } = await askingRuns(world, 20);
  world.done = [];
  world.isAway = (call) => call === 'commit' && world.refusedCalls < 10;
  world.completeActivities(owner, 'third');
  await world.passTimeUntil(() => world.done.length >= 20);
  await owner.settled();
  expect(world.done).toHaveLength(20);
});

it('looks after attempts of runs whose histories do not fit into memory together', async () => {
  const resendAfterMs = 8_000;
  const world = createWorld({ losesMessages: false, residentRuns: 1, resendAfterMs });
  const { owner, ids } = await askingRuns(world, 20);
  world.messages = [];
  await owner.start();
  await world.passTimeUntil(() => world.messages.length >= ids.length);

  expect(tasksOf(world).toSorted()).toEqual(ids.toSorted());
  expect(loadedAtOnce.length).toBeGreaterThan(5);
  expect(Math.max(...loadedAtOnce)).toBeLessThanOrEqual(eventsAtOnce);
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import { replayOf } from '../../test/replay-of.js';
import {
  type AnyWorkflowDefinition,
  encodePayload,
  firstItemMin,
  type Payload,
  type RunId,
  type Shard,
  type SignalDefinition,
  StoreUnavailableError,
} from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

/** A world whose runs wait for one signal, and get another before each of their closing commits, `count` times. */
async function pouring(count: number) {
  world = new OwnerWorld([{ name: 'work', run: (ctx) => ctx.waitForSignal('first') }]);
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const [shard] = world.shards as [Shard];
  const flooded = await world.insertRun('work', shard);
  const calm = await world.insertRun('work', shard);
  for (const started of [flooded, calm]) world.deliver(owner, started);
  await owner.settled();

  const signal = async (runId: RunId, name: string) => {
    const request = { kind: 'signal', name } as const;
    const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: runId, request }]);
    if (outcome?.outcome !== 'accepted') throw new Error(`not accepted: ${outcome?.outcome}`);
    return { kind: 'request-accepted', to: shard, runId, n: outcome.request.n, request: outcome.request } as const;
  };
  const commits: number[] = [];
  const doneAtCommit: number[] = [];
  let poured = 0;
  world.beforeCommit = async (batch) => {
    commits.push(batch.advances.length);
    doneAtCommit.push(world.done.length);
    if (poured++ < count && batch.advances.some(({ runId }) => runId === flooded.runId)) await signal(flooded.runId, 'more');
  };
  for (const { runId } of [flooded, calm]) world.deliver(owner, await signal(runId, 'first'));
  const doneBefore = world.done.length;
  await owner.settled();
  return { flooded: flooded.runId, calm: calm.runId, commits, doneAtCommit: doneAtCommit.map((done) => done - doneBefore) };
}

describe('a run for which signals are accepted while it closes', () => {
  it('records them in their order before its closing event', async () => {
    const { flooded, commits } = await pouring(3);
    expect(commits).toEqual([2, 1, 1, 1]);
    const history = await world.history(flooded);
    expect(history.map(({ type, data }) => ('n' in data ? data.n : type))).toEqual(['WorkflowStarted', 1, 2, 3, 4, 'WorkflowCompleted']);
  });

  it('does not hold up other runs of its batch, however many come', async () => {
    const { flooded, calm, commits, doneAtCommit } = await pouring(20);
    expect(await world.typesOf(calm)).toEqual(['WorkflowStarted', 'SignalReceived', 'WorkflowCompleted']);
    expect(commits).toHaveLength(21);
    expect(doneAtCommit.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(doneAtCommit[4]).toBe(1);
    expect((await world.history(flooded)).map(({ seq }) => seq)).toEqual(Array.from({ length: 23 }, (_, i) => i + 1));
    expect((await world.typesOf(flooded)).at(-1)).toBe('WorkflowCompleted');
    expect(world.done.filter(({ kind }) => kind === 'request-accepted')).toHaveLength(2);
  });
});

describe('a run that an answer of another closes while signals are accepted', () => {
  it('has the answer, too, when the database goes away in between', async () => {
    const code: AnyWorkflowDefinition['run'] = (ctx) =>
      ctx
        .handle('nobody')
        .signal('hello')
        .catch((error: Error) => error.name);
    world = new OwnerWorld([{ name: 'work', run: code }]);
    const owner = await world.createOwner('a');
    await owner.gain(world.shards);
    const started = await world.insertRun('work', world.shards[0] as Shard);
    let closings = 0;
    world.beforeCommit = async ({ advances }) => {
      if (advances.every(({ status }) => status !== 'Completed')) return;
      if (++closings === 5) throw new StoreUnavailableError('the store is away');
      const request = { kind: 'signal', name: 'more' } as const;
      if (closings < 5) await world.log.intake.request([{ namespace: 'default', workflowId: started.runId, request }]);
    };
    world.deliver(owner, started);
    await world.passTimeUntil(() => closings > 5);
    await owner.settled();
    const types = await world.typesOf(started.runId);
    expect(types.filter((type) => type !== 'SignalReceived')).toEqual([
      'WorkflowStarted',
      'ExternalSignalRequested',
      'ExternalRequestFailed',
      'WorkflowCompleted',
    ]);
  });
});

describe('a run that ends by one of several outcomes which tokens bring together', () => {
  it.each<[string, AnyWorkflowDefinition['run'], readonly number[]]>([
    ['activities', (ctx) => Promise.any([ctx.activity('one'), ctx.activity('two')]), [2, 3]],
    ['a map', (ctx) => Promise.any([ctx.activity('one'), ctx.map([1], 'two')]), [2, firstItemMin]],
  ])('replays, with %s', async (_, code, activities) => {
    world = new OwnerWorld([{ name: 'work', run: code }]);
    const { owner, shard, runId } = await world.running('work');
    const requests = activities.map((activitySeq) => ({ kind: 'complete-activity', activitySeq, attempt: 1 }) as const);
    const intakes = requests.map((request) => ({ namespace: 'default', workflowId: runId, request }));
    for (const outcome of await world.log.intake.request(intakes)) {
      if (outcome.outcome !== 'accepted') throw new Error(`not accepted: ${outcome.outcome}`);
      const { request } = outcome;
      world.deliver(owner, { kind: 'request-accepted', to: shard, runId, n: request.n, request });
    }
    await owner.settled();
    const history = await world.history(runId);
    expect(history.at(-1)?.type).toBe('WorkflowCompleted');
    expect(history.filter(({ type }) => type === 'ActivityCompleted' || type === 'MapCompleted')).toHaveLength(2);
    expect((await replayOf({ name: 'work', run: code }, history)).divergence).toBeUndefined();
  });
});

describe('a run whose function returns while a signal with a handler is accepted', () => {
  it.each(['closes', 'continues as new'])('runs the handler before it %s', async (how) => {
    const line: SignalDefinition<number> = { kind: 'signal', name: 'line' };
    const code: AnyWorkflowDefinition['run'] = async (ctx, isNext: boolean) => {
      if (isNext) return ctx.waitForSignal('unheard');
      ctx.onSignal(line, async (n) => void (await ctx.activity('file', n)));
      await ctx.waitForSignal('done');
      return how === 'closes' ? 'end' : ctx.continueAsNew(true);
    };
    world = new OwnerWorld([{ name: 'work', run: code }]);
    const owner = await world.createOwner('a');
    await owner.gain(world.shards);
    const [shard] = world.shards as [Shard];
    const started = await world.insertRun('work', shard);
    const accept = async (name: string, payload: unknown) => {
      const request = { kind: 'signal', name, payload: encodePayload(payload) as Payload } as const;
      const [outcome] = await world.log.intake.request([{ namespace: 'default', workflowId: started.runId, request }]);
      if (outcome?.outcome !== 'accepted') throw new Error(`not accepted: ${outcome?.outcome}`);
      return { kind: 'request-accepted', to: shard, runId: started.runId, n: outcome.request.n, request: outcome.request } as const;
    };
    world.deliver(owner, started);
    await owner.settled();
    const late = ['line', 'unheard'];
    world.beforeCommit = async () => {
      const name = late.shift();
      if (name) await accept(name, name);
    };
    world.deliver(owner, await accept('done', null));
    await owner.settled();
    world.completeActivities(owner, null);
    await owner.settled();
    const types = ['WorkflowStarted', 'SignalReceived', 'SignalReceived', 'ActivityScheduled', 'ActivityCompleted', 'SignalReceived'];
    const end = how === 'closes' ? 'WorkflowCompleted' : 'WorkflowContinuedAsNew';
    const history = await world.history(started.runId);
    expect(history.map(({ type }) => type)).toEqual([...types, end]);
    expect((await replayOf({ name: 'work', run: code }, history)).divergence).toBeUndefined();
    const last = history.at(-1);
    if (last?.type !== 'WorkflowContinuedAsNew') return;
    const [next] = await world.history(last.data.newRunId);
    expect(next?.data).toMatchObject({ signals: [{ name: 'unheard', payload: '"unheard"' }] });
  });
});

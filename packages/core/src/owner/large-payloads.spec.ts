import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { RunId, Shard, ShardOwner, TaskMessage, WorkflowContext } from '../index.js';
import { encodePayload, isReference, type Payload, type PayloadReference, referencesOf } from '../index.js';

const large = (mark: string) => `${mark}${'é\u0000"'.repeat(100_000)}`;

const seen: (readonly unknown[])[] = [];
async function run(ctx: WorkflowContext, input: unknown): Promise<unknown> {
  const result = await ctx.activity('echo', input);
  const step = await ctx.run('step', async () => large('step'));
  const signal = await ctx.waitForSignal('go');
  seen.push([input, result, step, signal]);
  return signal;
}

async function collect(ctx: WorkflowContext): Promise<string> {
  const first = await ctx.waitForSignal<string>('go');
  const second = await ctx.waitForSignal<string>('go');
  return `${first[0]}${second[0]}`;
}

let world: OwnerWorld;
beforeEach(() => {
  seen.length = 0;
  world = new OwnerWorld(
    [
      { name: 'work', run },
      { name: 'collect', run: collect },
    ],
    { movesLargePayloads: true },
  );
});
afterEach(() => world.stop());

const textOf = async (payload: Payload | undefined) =>
  (await world.log.payloads.read([payload as PayloadReference])).get(payload as PayloadReference);

it('stand beside the history, written before what refers to them, and come back to the code as they were, on replay too', async () => {
  world.beforeCommit = async ({ advances }) => {
    const references = advances.flatMap(({ events }) => events.flatMap(referencesOf));
    expect((await world.log.payloads.read(references)).size).toBe(new Set(references).size);
  };
  const first = await world.createOwner('a');
  await first.gain(world.shards);
  const [shard] = world.shards as [(typeof world.shards)[number]];
  const started = await world.insertRun('work', shard, large('input'));
  world.deliver(first, started);
  await first.settled();
  const task = world.messages.find(({ kind }) => kind === 'activity-task') as TaskMessage;
  expect(await textOf(task.input)).toBe(encodePayload(large('input')));
  world.completeActivities(first, large('result'));
  await world.passTimeUntil(() => first.stepsUnderWay === 0);
  await first.settled();
  await first.stop();

  const second = await world.createOwner('b');
  await second.gain(world.shards);
  const signal = encodePayload(large('signal')) as Payload;
  const reference = world.log.payloads.referenceTo(signal);
  await world.log.payloads.write(new Map([[reference, signal]]));
  const { runId } = started;
  const workflowId = runId;
  await world.log.intake.request([{ namespace: 'default', workflowId, request: { kind: 'signal', name: 'go', payload: reference } }]);
  world.deliver(second, { kind: 'request-accepted', to: shard, runId, n: 1 });
  await world.passTimeUntil(() => seen.length > 0);
  await second.settled();

  expect(seen.at(-1)).toEqual(['input', 'result', 'step', 'signal'].map(large));
  const history = await world.history(runId);
  expect(history.map(({ type }) => type)).toEqual([
    'WorkflowStarted',
    'ActivityScheduled',
    'ActivityCompleted',
    'StepCompleted',
    'SignalReceived',
    'WorkflowCompleted',
  ]);
  // What the test inserted itself is as it was.
  expect(history.slice(1).every(({ payload }) => isReference(payload))).toBe(true);
  expect(await textOf(history.at(-1)?.payload)).toBe(signal);
  expect(world.errors).toEqual([]);
});

it('reach runs, one after the other, which do not have room together for what they bring and what they had', async () => {
  world.beforeCommit = async () => {};
  const bytes = 40 * 1024 * 1024;
  const first = await world.createOwner('a');
  await first.gain(world.shards);
  const [shard] = world.shards as [(typeof world.shards)[number]];
  const ids = [];
  for (const mark of ['a', 'b']) {
    const started = await world.insertRun('collect', shard);
    world.deliver(first, started);
    ids.push(started.runId);
    await signalled(first, shard, started.runId, 1, mark.repeat(bytes));
    await first.settled();
  }
  await first.stop();

  const second = await world.createOwner('b');
  await second.gain(world.shards);
  await second.settled();
  for (const [i, id] of ids.entries()) await signalled(second, shard, id, 2, String(i).repeat(bytes));
  await second.settled();

  for (const id of ids) expect((await world.typesOf(id)).at(-1)).toBe('WorkflowCompleted');
}, 30_000);

it('reach a run in pieces when they came faster than it took them', async () => {
  const owner = await world.createOwner('a');
  await owner.gain(world.shards);
  const [shard] = world.shards as [(typeof world.shards)[number]];
  const started = await world.insertRun('collect', shard);
  const read = jest.spyOn(world.log.payloads, 'read');
  for (const n of [1, 2]) await signalled(owner, shard, started.runId, n, String(n).repeat(40 * 1024 * 1024));
  world.deliver(owner, started);
  await owner.settled();

  expect((await world.history(started.runId)).at(-1)).toMatchObject({ type: 'WorkflowCompleted', payload: '"12"' });
  expect(read.mock.calls.map(([references]) => references.length)).toEqual([1, 1]);
}, 30_000);

async function signalled(owner: ShardOwner, to: Shard, runId: RunId, n: number, text: string): Promise<void> {
  const payload = encodePayload(text) as Payload;
  const reference = world.log.payloads.referenceTo(payload);
  await world.log.payloads.write(new Map([[reference, payload]]));
  await world.log.intake.request([
    { namespace: 'default', workflowId: runId, request: { kind: 'signal', name: 'go', payload: reference } },
  ]);
  world.deliver(owner, { kind: 'request-accepted', to, runId, n });
}

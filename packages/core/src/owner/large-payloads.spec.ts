import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { TaskMessage, WorkflowContext } from '../index.js';
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

let world: OwnerWorld;
beforeEach(() => {
  seen.length = 0;
  world = new OwnerWorld([{ name: 'work', run }], { movesLargePayloads: true });
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

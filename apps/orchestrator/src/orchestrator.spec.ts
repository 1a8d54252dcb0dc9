import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AnyWorkflowDefinition, RunId } from '@marathon/core';
import { workflowTopic } from '@marathon/protocol';
import { OrchestratorWorld } from '../test/orchestrator-world.js';

let world: OrchestratorWorld;
beforeEach(async () => {
  world = new OrchestratorWorld();
  await world.start();
});
afterEach(() => world.stop());

const echoes: AnyWorkflowDefinition = {
  name: 'echoes',
  run: async (ctx, n) => [await ctx.activity('echo', n), await ctx.activity('echo', n)],
};

async function startRuns(count: number, taskQueue = 'default', isTold = true): Promise<readonly RunId[]> {
  const ids: RunId[] = [];
  for (let i = 0; i < count; i++) ids.push(await world.startRun('echoes', taskQueue, i, isTold));
  return ids;
}

const haveAll = async (ids: readonly RunId[], status: string) =>
  (await Promise.all(ids.map((id) => world.statusOf(id)))).every((one) => one === status);

describe('an orchestrator that stops', () => {
  it('hands its shards over: what it had begun goes on elsewhere, and nothing of its own is left to be swept', async () => {
    const gate = Promise.withResolvers<void>();
    world.gate = gate.promise;
    const first = await world.orchestrator('first', [echoes]);
    await world.worker('default');
    const ids = await startRuns(40);
    await world.until(() => haveAll(ids, 'Running'));
    await world.orchestrator('second', [echoes]);
    await first.stop();
    expect(await world.entries()).toEqual([]);
    gate.resolve();
    await world.until(() => haveAll(ids, 'Completed'));
  });

  it('takes up nothing that the group gives it while it stops', async () => {
    let gains = 0;
    const { runStore } = world.log;
    const gainShards: typeof runStore.gainShards = (shards, owner) => {
      gains++;
      return runStore.gainShards(shards, owner);
    };
    const counting = new Proxy(runStore, {
      get: (target, name) => (name === 'gainShards' ? gainShards : (Reflect.get(target, name) as () => void).bind(target)),
    });
    const taken = Promise.withResolvers<{ readonly tooLarge: [] }>();
    const publisher = { publish: () => taken.promise };
    const first = await world.orchestrator('first', [echoes], { ports: { laneStores: [counting], publisher } });
    await world.until(() => gains === 1);
    const ids = await startRuns(4);
    await world.until(() => haveAll(ids, 'Running'));
    const second = await world.orchestrator('second', [echoes]);
    // What it has published is not taken yet, so that its stop lasts.
    const stopping = first.stop();
    await second.stop();
    taken.resolve({ tooLarge: [] });
    await stopping;
    expect(gains).toBe(1);
  });

  it('ends every part of it, though one of them cannot be ended', async () => {
    const left: string[] = [];
    const { stream } = world;
    const subscribe: typeof stream.subscribe = (subscription) => {
      const consumer = stream.subscribe(subscription);
      const stop = async () => {
        left.push(subscription.group);
        await consumer.stop();
        if (left.length === 1) throw new Error('cannot leave');
      };
      return new Proxy(consumer, {
        get: (target, name) => (name === 'stop' ? stop : (Reflect.get(target, name) as () => void).bind(target)),
      });
    };
    const leaving = new Proxy(stream, { get: (target, name) => (name === 'subscribe' ? subscribe : Reflect.get(target, name)) });
    const outbox = { ...world.log.outbox, claimEntries: () => Promise.reject(new Error('no outbox')) };
    Object.setPrototypeOf(outbox, Object.getPrototypeOf(world.log.outbox));
    const orchestrator = await world.orchestrator('first', [echoes], { taskQueues: ['a', 'b'], ports: { stream: leaving, outbox } });
    await orchestrator.stop();
    expect(left.toSorted()).toEqual([workflowTopic('a'), workflowTopic('b')]);
    expect(await stream.consumersOf(workflowTopic('a'))).toBe(0);
    expect(await stream.consumersOf(workflowTopic('b'))).toBe(0);
  });
});

it('takes up partitions that the topic got after the start, and writes their shards down', async () => {
  const { stream } = world;
  const partitionsOf = async () => 2;
  const younger = new Proxy(stream, { get: (target, name) => (name === 'partitionsOf' ? partitionsOf : Reflect.get(target, name)) });
  await world.orchestrator('first', [echoes], { ports: { stream: younger } });
  await world.worker('default');
  await world.until(async () => (await world.log.definitions.readAll()).shards.length === 4);
  const ids = await startRuns(8);
  await world.until(() => haveAll(ids, 'Completed'));
});

describe('orchestrators of different queues', () => {
  it('run workflows of one name side by side, each its own', async () => {
    const other: AnyWorkflowDefinition = { name: 'echoes', run: async () => 'other' };
    await world.orchestrator('first', [echoes], { taskQueues: ['a'] });
    await world.orchestrator('second', [other], { taskQueues: ['b'] });
    await world.worker('a');
    const [ofA] = await startRuns(1, 'a');
    const [ofB] = await startRuns(1, 'b');
    await world.until(() => haveAll([ofA, ofB] as RunId[], 'Completed'));
    const resultOf = async (id: RunId | undefined) => (await world.log.reader.readHistory(id as RunId, 0, 100)).at(-1)?.payload;
    expect([await resultOf(ofA), await resultOf(ofB)]).toEqual(['[0,0]', '"other"']);
    const { definitions, shards } = await world.log.definitions.readAll();
    expect(definitions.map(({ taskQueue, workflow }) => `${taskQueue}/${workflow}`)).toEqual(['a/echoes', 'b/echoes']);
    expect(new Set(shards.map(({ id }) => id)).size).toBe(8);
  });

  it('send what was left behind for a queue that they do not serve', async () => {
    const first = await world.orchestrator('first', [echoes], { taskQueues: ['a'] });
    await world.worker('a');
    await first.stop();
    const ids = await startRuns(8, 'a', false);
    await world.orchestrator('second', [echoes], { taskQueues: ['b'] });
    world.clock.advanceBy(11_000);
    world.clock.advanceBy(5_000);
    await world.until(async () => (await world.entries()).length === 0);
    expect(await haveAll(ids, 'Pending')).toBe(true);
    await world.orchestrator('third', [echoes], { taskQueues: ['a'] });
    await world.until(() => haveAll(ids, 'Completed'));
  });
});

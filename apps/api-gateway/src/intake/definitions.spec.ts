import { describe, expect, it } from '@jest/globals';
import { type Shard, shardId } from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import type { GatewayPorts } from '../gateway-ports.js';
import { Definitions } from './definitions.js';

const shards = (taskQueue: string, first: number, count: number): Shard[] =>
  Array.from({ length: count }, (_, partition) => ({ id: shardId(first + partition), taskQueue, partition }));

function setup(...registered: readonly (readonly [workflow: string, taskQueue: string])[]) {
  const clock = new ManualClock();
  const known = {
    definitions: registered.map(([workflow, taskQueue]) => ({ workflow, taskQueue, build: 'b' })),
    shards: [...shards('a', 1, 4), ...shards('b', 11, 2)],
  };
  const state = { known, reads: 0 };
  const definitionRegistry: GatewayPorts['definitionRegistry'] = {
    readContracts: async () => [],
    readAll: async () => {
      state.reads += 1;
      return state.known;
    },
  };
  return { definitions: new Definitions({ clock, definitionRegistry }), clock, state };
}

describe('Definitions', () => {
  it('places a run on the queue of its workflow, by its id', async () => {
    const { definitions } = setup(['order', 'a']);
    const placed = await Promise.all(Array.from({ length: 100 }, (_, index) => definitions.placeRun('order', `o-${index}`, undefined)));
    expect(new Set(placed.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2, 3]));
    expect(placed.every(({ taskQueue }) => taskQueue === 'a')).toBe(true);
    expect(await definitions.placeRun('order', 'o-7', 'a')).toEqual(placed[7]);
  });

  it('asks for the queue when there are several', async () => {
    const { definitions } = setup(['order', 'a'], ['order', 'b']);
    expect(await definitions.placeRun('order', 'o', 'b')).toMatchObject({ taskQueue: 'b' });
    await expect(definitions.placeRun('order', 'o', undefined)).rejects.toMatchObject({ details: { errors: [{ field: 'taskQueue' }] } });
    await expect(definitions.placeRun('order', 'o', 'c')).rejects.toMatchObject({ details: { errors: [{ field: 'taskQueue' }] } });
  });

  it('reads once, and again for what it does not know', async () => {
    const { definitions, state } = setup(['order', 'a']);
    await definitions.placeRun('order', 'o', undefined);
    await definitions.placeRun('order', 'o', undefined);
    expect(state.reads).toBe(1);
    await expect(definitions.placeRun('new', 'o', undefined)).rejects.toMatchObject({ details: { errors: [{ field: 'workflow' }] } });
    state.known = { ...state.known, definitions: [{ workflow: 'new', taskQueue: 'b', build: 'b' }] };
    expect(await definitions.placeRun('new', 'o', undefined)).toMatchObject({ taskQueue: 'b' });
    expect(state.reads).toBe(3);
  });

  it('refreshes what is older than 5 s, without letting anybody wait', async () => {
    const { definitions, clock, state } = setup(['order', 'a']);
    await definitions.placeRun('order', 'o', undefined);
    state.known = { ...state.known, shards: shards('a', 1, 8) };
    clock.advanceBy(5_001);
    await definitions.placeRun('order', 'o', undefined);
    expect(state.reads).toBe(2);
    expect(await definitions.addressOf(shardId(8))).toMatchObject({ taskQueue: 'a', partition: 7 });
  });

  it('knows nothing of a shard that nobody announced', async () => {
    const { definitions } = setup(['order', 'a']);
    expect(await definitions.addressOf(shardId(99))).toBeUndefined();
  });
});

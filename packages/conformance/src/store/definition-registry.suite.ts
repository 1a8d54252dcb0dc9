import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Shard } from '@marathon/core';
import type { StoreSetup, StoreWorld } from './world.js';

export function describeDefinitionRegistry(name: string, setup: StoreSetup): void {
  describe(`DefinitionRegistry: ${name}`, () => {
    let world: StoreWorld;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());

    const register = (taskQueue: string, partitions: number, build: string, ...workflows: readonly string[]) =>
      world.definitions.register({ taskQueue, partitions, build, workflows: workflows.map((name) => ({ name })) });
    const inOrder = (shards: readonly Shard[]) => shards.toSorted((a, b) => a.id - b.id);

    it('knows nothing at first', async () => {
      expect(await world.definitions.readAll()).toEqual({ definitions: [], shards: [] });
    });

    it('announces the definitions and the shards of a queue, in the order of partitions', async () => {
      const shards = await register('orders', 3, 'build-1', 'order', 'invoice');

      expect(shards.map(({ taskQueue, partition }) => [taskQueue, partition])).toEqual([0, 1, 2].map((partition) => ['orders', partition]));
      const all = await world.definitions.readAll();
      expect(inOrder(all.shards)).toEqual(inOrder(shards));
      expect(all.definitions.toSorted((a, b) => (a.workflow < b.workflow ? -1 : 1))).toEqual([
        { workflow: 'invoice', taskQueue: 'orders', build: 'build-1' },
        { workflow: 'order', taskQueue: 'orders', build: 'build-1' },
      ]);
    });

    it('keeps the numbers of shards when partitions are added', async () => {
      const before = await register('orders', 2, 'build-1', 'order');
      await register('others', 1, 'build-1', 'other');

      const after = await register('orders', 4, 'build-1', 'order');

      expect(after.slice(0, 2)).toEqual(before);
      expect(new Set((await world.definitions.readAll()).shards.map(({ id }) => id)).size).toBe(5);
    });

    it('keeps the epochs of shards that are announced again', async () => {
      const shards = await register('orders', 1, 'build-1', 'order');
      const store = world.openRunStore();
      const owned = await store.gainShards(shards, 'owner-1');

      await register('orders', 1, 'build-2', 'order');

      expect((await store.ownedShards(owned)).size).toBe(1);
    });

    it('replaces what an older build announced for the queue, and nothing of other queues', async () => {
      await register('orders', 1, 'build-1', 'order', 'retired');
      await register('others', 1, 'build-1', 'other');

      await register('orders', 1, 'build-2', 'order', 'added');

      const { definitions } = await world.definitions.readAll();
      expect(definitions.map(({ taskQueue, workflow, build }) => `${taskQueue}/${workflow}/${build}`).toSorted()).toEqual([
        'orders/added/build-2',
        'orders/order/build-2',
        'others/other/build-1',
      ]);
    });

    it('keeps the contracts of workflows, by digest, as long as they are in force', async () => {
      const contract = { digest: 'd1', text: '{"queries":[{"name":"progress\\u0000"}]}' };
      const registerContracts = (build: string, ...workflows: Parameters<typeof world.definitions.register>[0]['workflows']) =>
        world.definitions.register({ taskQueue: 'orders', partitions: 1, build, workflows });
      await registerContracts('build-1', { name: 'order', contract }, { name: 'bare' });

      const { definitions } = await world.definitions.readAll();
      expect(definitions.toSorted((a, b) => (a.workflow < b.workflow ? -1 : 1))).toEqual([
        { workflow: 'bare', taskQueue: 'orders', build: 'build-1' },
        { workflow: 'order', taskQueue: 'orders', build: 'build-1', contractDigest: 'd1' },
      ]);
      expect(await world.definitions.readContracts(['d1', 'd2'])).toEqual([contract]);

      const next = { digest: 'd2', text: '{}' };
      await registerContracts('build-2', { name: 'order', contract: next }, { name: 'copy', contract: next });
      expect(await world.definitions.readContracts(['d1', 'd2'])).toEqual([next]);
      await registerContracts('build-3', { name: 'order' });
      expect(await world.definitions.readContracts(['d1', 'd2'])).toEqual([]);
    });

    it('lets a build speak for a queue until it has been silent', async () => {
      const renew = (build: string, abandonedAfterMs: number) => world.definitions.renew({ taskQueue: 'orders', build, abandonedAfterMs });
      expect(await renew('build-1', 60_000)).toBe(false);
      await register('orders', 1, 'build-1', 'order', 'invoice');
      await register('others', 1, 'build-2', 'other');
      expect([await renew('build-1', 0), await renew('build-2', 60_000), await renew('build-2', 0)]).toEqual([true, true, false]);
      const { definitions } = await world.definitions.readAll();
      expect(definitions.filter(({ taskQueue }) => taskQueue === 'orders').map(({ build }) => build)).toEqual(['build-1', 'build-1']);
    });

    it('gives ten processes that start at once the same shards', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => register('orders', 4, `build-${i % 2}`, 'order', 'invoice')));

      for (const shards of answers) expect(shards).toEqual(answers[0]);
      const all = await world.definitions.readAll();
      expect(all.shards).toHaveLength(4);
      expect(all.definitions).toHaveLength(2);
    });
  });
}

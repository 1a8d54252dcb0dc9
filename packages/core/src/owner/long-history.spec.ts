import { afterEach, expect, it } from '@jest/globals';
import { OwnerWorld } from '../../test/owner-world.js';
import type { Shard } from '../index.js';

let world: OwnerWorld;
afterEach(() => world.stop());

it('warns of a history that has grown long, once', async () => {
  const timers = { fits: 9_998, grown: 9_999 };
  world = new OwnerWorld(
    Object.entries(timers).map(([name, count]) => ({
      name,
      run: async (ctx) => {
        const sleeps = Array.from({ length: count }, (_, i) => ctx.sleep(i === 0 ? 1_000 : '1d'));
        await sleeps[0];
        if (name === 'grown') await Promise.all(sleeps);
      },
    })),
  );
  const owner = await world.createOwner('owner');
  await owner.gain(world.shards);
  const [shard] = world.shards as [Shard];
  for (const name of Object.keys(timers)) await world.insertRun(name, shard);
  await owner.gain([shard]);
  await owner.settled();
  expect(world.warnings).toEqual([expect.stringContaining('grown long')]);
  world.clock.advanceBy(1_000);
  await owner.settled();
  expect(world.warnings).toHaveLength(2); // the other has grown by what fired, and closed
});

import type { OwnedShard, Shard } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// Locked in the order of their numbers, as commits do.
const statement: Statement = {
  name: 'gain_shards',
  isWrite: true,
  text: `
    with gained as (select id from shards where id = any ($1::int[]) order by id for update)
    update shards s set epoch = epoch + 1, owner = $2 from gained where s.id = gained.id
    returning s.id, s.epoch`,
};

/** In the order of `shards`; one that was never registered is left out. */
export async function gainShards(executor: Executor, shards: readonly Shard[], owner: string): Promise<readonly OwnedShard[]> {
  const rows = await executor.query<{ id: number; epoch: number }>(statement, [shards.map(({ id }) => id), owner]);
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  return shards.flatMap((shard) => {
    const epoch = epochs.get(shard.id);
    return epoch === undefined ? [] : [{ ...shard, epoch }];
  });
}

import type { OwnedShard, ShardId } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const statement: Statement = {
  name: 'read_owned_shards',
  text: `select id from shards join unnest($1::int[], $2::int[]) as x (shard, epoch) on shards.id = x.shard and shards.epoch = x.epoch`,
};

export async function readOwnedShards(executor: Executor, shards: readonly OwnedShard[]): Promise<ReadonlySet<ShardId>> {
  const rows = await executor.query<{ id: ShardId }>(statement, [shards.map(({ id }) => id), shards.map(({ epoch }) => epoch)]);
  return new Set(rows.map(({ id }) => id));
}

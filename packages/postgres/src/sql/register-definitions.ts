import type { DefinitionRegistry, Shard } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

// In the order of partitions and names, so that processes that start at once cannot deadlock. Shards that are there are locked by
// `do nothing` no longer than it takes to see them; they are read by a later statement.
const announce: Statement = {
  name: 'register_definitions',
  isWrite: true,
  text: `
    with added as (
      insert into shards (task_queue, partition) select $1, p from generate_series(0, $2::int - 1) as p order by p
      on conflict do nothing
    ), announced as (
      insert into definitions (task_queue, workflow, build, contract_digest, contract)
      select $1, w, $3, d, c from unnest($4::text[], $5::text[], $6::text[]) as registered (w, d, c) order by w
      on conflict (task_queue, workflow) do update
      set build = excluded.build, registered_at = now(), contract_digest = excluded.contract_digest, contract = excluded.contract
    )
    delete from definitions d using (
      select workflow from definitions where task_queue = $1 and workflow <> all ($4::text[]) order by workflow for update
    ) retired where d.task_queue = $1 and d.workflow = retired.workflow`,
};

const readShards: Statement = {
  name: 'read_shards_of_queue',
  text: `select id, task_queue as "taskQueue", partition from shards where task_queue = $1 and partition < $2 order by partition`,
};

export async function registerDefinitions(
  executor: Executor,
  { taskQueue, partitions, build, workflows }: Parameters<DefinitionRegistry['register']>[0],
): Promise<readonly Shard[]> {
  const names = workflows.map(({ name }) => name);
  const digests = workflows.map(({ contract }) => contract?.digest ?? null);
  const texts = workflows.map(({ contract }) => contract?.text ?? null);
  await executor.query(announce, [taskQueue, partitions, build, names, digests, texts]);
  return executor.query<Shard>(readShards, [taskQueue, partitions]);
}

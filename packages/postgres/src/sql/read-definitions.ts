import type { Shard, WorkflowDefinitionRow } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const readDefinitions: Statement = {
  name: 'read_definitions',
  text: `select workflow, task_queue as "taskQueue", build from definitions order by task_queue, workflow`,
};

const readShards: Statement = {
  name: 'read_shards',
  text: `select id, task_queue as "taskQueue", partition from shards order by id`,
};

export async function readAllDefinitions(
  executor: Executor,
): Promise<{ readonly definitions: readonly WorkflowDefinitionRow[]; readonly shards: readonly Shard[] }> {
  const [definitions, shards] = await Promise.all([
    executor.query<WorkflowDefinitionRow>(readDefinitions, []),
    executor.query<Shard>(readShards, []),
  ]);
  return { definitions, shards };
}

import type { Shard, WorkflowDefinitionRow, WrittenContract } from '@marathon/core';
import type { Executor, Statement } from '../connections/executor.js';

const readDefinitions: Statement = {
  name: 'read_definitions',
  text: `select workflow, task_queue as "taskQueue", build, contract_digest as "contractDigest" from definitions order by task_queue, workflow`,
};

const readShards: Statement = {
  name: 'read_shards',
  text: `select id, task_queue as "taskQueue", partition from shards order by id`,
};

const readWritten: Statement = {
  name: 'read_contracts',
  text: `select distinct on (contract_digest) contract_digest as digest, contract as text from definitions where contract_digest = any($1)`,
};

type DefinitionRow = Omit<WorkflowDefinitionRow, 'contractDigest'> & { readonly contractDigest: string | null };

export async function readAllDefinitions(
  executor: Executor,
): Promise<{ readonly definitions: readonly WorkflowDefinitionRow[]; readonly shards: readonly Shard[] }> {
  const [definitions, shards] = await Promise.all([
    executor.query<DefinitionRow>(readDefinitions, []),
    executor.query<Shard>(readShards, []),
  ]);
  return {
    definitions: definitions.map(({ contractDigest, ...row }) => (contractDigest === null ? row : { ...row, contractDigest })),
    shards,
  };
}

export const readContracts = (executor: Executor, digests: readonly string[]): Promise<readonly WrittenContract[]> =>
  executor.query<WrittenContract>(readWritten, [digests]);

import { type DefinitionRegistry, type Shard, shardId, type WorkflowDefinitionRow, type WrittenContract } from '@marathon/core';
import type { EventLogState } from './event-log-state.js';

/** What exists, as orchestrators announce it. Shards are numbered from 1 and never given up. */
export class MemoryDefinitionRegistry implements DefinitionRegistry {
  constructor(readonly state: EventLogState) {}

  async register({ taskQueue, partitions, build, workflows }: Parameters<DefinitionRegistry['register']>[0]): Promise<readonly Shard[]> {
    const byName = new Map(workflows.map((workflow) => [workflow.name, workflow]));
    this.state.definitions.set(taskQueue, { build, workflows: byName, announcedAtMs: this.state.nowMs() });
    for (let partition = this.#shardsOf(taskQueue).length; partition < partitions; partition += 1) {
      const id = shardId(this.state.shards.size + 1);
      this.state.shards.set(id, { shard: { id, taskQueue, partition }, epoch: 0, owner: undefined });
    }
    return this.#shardsOf(taskQueue);
  }

  async renew({ taskQueue, build, abandonedAfterMs }: Parameters<DefinitionRegistry['renew']>[0]): Promise<boolean> {
    const announced = this.state.definitions.get(taskQueue);
    if (!announced || announced.workflows.size === 0) return false;
    if (announced.build !== build) return this.state.nowMs() - announced.announcedAtMs < abandonedAfterMs;
    announced.announcedAtMs = this.state.nowMs();
    return true;
  }

  async readAll(): ReturnType<DefinitionRegistry['readAll']> {
    const definitions = [...this.state.definitions].flatMap(([taskQueue, { build, workflows }]) =>
      [...workflows.values()].map(
        ({ name, contract }): WorkflowDefinitionRow => ({
          workflow: name,
          taskQueue,
          build,
          ...(contract && { contractDigest: contract.digest }),
        }),
      ),
    );
    return { definitions, shards: [...this.state.shards.values()].map(({ shard }) => shard) };
  }

  async readContracts(digests: readonly string[]): Promise<readonly WrittenContract[]> {
    const registered = [...this.state.definitions.values()].flatMap(({ workflows }) => [...workflows.values()]);
    const contracts = registered.flatMap(({ contract }) => (contract && digests.includes(contract.digest) ? [contract] : []));
    return [...new Map(contracts.map((contract) => [contract.digest, contract])).values()];
  }

  /** In the order of partitions. */
  #shardsOf(taskQueue: string): readonly Shard[] {
    return [...this.state.shards.values()].map(({ shard }) => shard).filter((shard) => shard.taskQueue === taskQueue);
  }
}

import { type DefinitionRegistry, type Shard, shardId } from '@marathon/core';
import type { EventLogState } from './event-log-state.js';

/** What exists, as orchestrators announce it. Shards are numbered from 1 and never given up. */
export class MemoryDefinitionRegistry implements DefinitionRegistry {
  constructor(readonly state: EventLogState) {}

  async register({ taskQueue, partitions, build, workflows }: Parameters<DefinitionRegistry['register']>[0]): Promise<readonly Shard[]> {
    this.state.definitions.set(
      taskQueue,
      [...new Set(workflows)].map((workflow) => ({ workflow, taskQueue, build })),
    );
    for (let partition = this.#shardsOf(taskQueue).length; partition < partitions; partition += 1) {
      const id = shardId(this.state.shards.size + 1);
      this.state.shards.set(id, { shard: { id, taskQueue, partition }, epoch: 0, owner: undefined });
    }
    return this.#shardsOf(taskQueue);
  }

  async readAll(): ReturnType<DefinitionRegistry['readAll']> {
    const definitions = [...this.state.definitions.values()].flat();
    return { definitions, shards: [...this.state.shards.values()].map(({ shard }) => shard) };
  }

  /** In the order of partitions. */
  #shardsOf(taskQueue: string): readonly Shard[] {
    return [...this.state.shards.values()].map(({ shard }) => shard).filter((shard) => shard.taskQueue === taskQueue);
  }
}

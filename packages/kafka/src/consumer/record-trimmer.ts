import type { Cluster } from 'kafkajs';
import { isWorkTopic } from '../topics.js';
import type { OwnedPartition } from './owned-partition.js';

interface DeleteRecordsRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }[];
}
/** What kafkajs's brokers can besides what its types tell. */
interface TrimmingBroker {
  deleteRecords(request: DeleteRecordsRequest): Promise<unknown>;
}

/**
 * Deletes what the group has finished from the topics that keep messages without end. Each member does so for what it has, and asks
 * the leaders itself: an admin of kafkajs that has once deleted records of a topic cannot create it, nor any other, when it is missing.
 */
export class RecordTrimmer {
  readonly #trimmed = new WeakMap<OwnedPartition, number>();

  /** The cluster as a consumer of these topics sees it. */
  constructor(private readonly of: { readonly cluster: Pick<Cluster, 'findLeaderForPartitions' | 'findBroker'> }) {}

  async trim(owned: Iterable<OwnedPartition>): Promise<void> {
    const due = [...owned].filter((one) => isWorkTopic(one.topic) && (one.progress?.committedOffset ?? 0) > (this.#trimmed.get(one) ?? 0));
    for (const [topic, partitions] of Map.groupBy(due, (one) => one.topic)) {
      try {
        await this.#trimTopic(topic, partitions);
      } catch {
        // Disk is freed a round later.
      }
    }
  }

  async #trimTopic(topic: string, owned: readonly OwnedPartition[]): Promise<void> {
    const { cluster } = this.of;
    const numbers = owned.map(({ partition }) => partition);
    for (const [nodeId, led] of Object.entries(cluster.findLeaderForPartitions(topic, numbers))) {
      const its = owned.filter(({ partition }) => led.includes(partition));
      const ends = its.map((one) => ({ one, offset: one.progress?.committedOffset ?? 0 }));
      const broker = (await cluster.findBroker({ nodeId })) as unknown as TrimmingBroker;
      const partitions = ends.map(({ one, offset }) => ({ partition: one.partition, offset: String(offset) }));
      await broker.deleteRecords({ topics: [{ topic, partitions }] });
      for (const { one, offset } of ends) this.#trimmed.set(one, offset);
    }
  }
}

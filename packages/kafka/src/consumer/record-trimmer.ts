import type { Admin } from 'kafkajs';
import { isWorkTopic } from '../topics.js';
import type { OwnedPartition } from './owned-partition.js';

/** Deletes what the group has finished from the topics that keep messages without end. Each member does so for what it has. */
export class RecordTrimmer {
  readonly #trimmed = new WeakMap<OwnedPartition, number>();

  constructor(private readonly admin: Pick<Admin, 'deleteTopicRecords' | 'fetchTopicOffsets'>) {}

  async trim(owned: Iterable<OwnedPartition>): Promise<void> {
    const due = [...owned].filter((one) => isWorkTopic(one.topic) && (one.progress?.committedOffset ?? 0) > (this.#trimmed.get(one) ?? 0));
    for (const [topic, partitions] of Map.groupBy(due, (one) => one.topic)) {
      const ends = partitions.map((one) => ({ one, offset: one.progress?.committedOffset ?? 0 }));
      try {
        // kafkajs does not load the topic's metadata for the request, but for this one.
        await this.admin.fetchTopicOffsets(topic);
        await this.admin.deleteTopicRecords({
          topic,
          partitions: ends.map(({ one, offset }) => ({ partition: one.partition, offset: String(offset) })),
        });
        for (const { one, offset } of ends) this.#trimmed.set(one, offset);
      } catch {
        // Disk is freed a round later.
      }
    }
  }
}

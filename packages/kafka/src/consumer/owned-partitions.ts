import type { TopicPartition } from '@marathon/core';
import { OwnedPartition } from './owned-partition.js';

/** What a member has of its topics. */
export class OwnedPartitions {
  readonly #topics = new Map<string, Map<number, OwnedPartition>>();

  get({ topic, partition }: TopicPartition): OwnedPartition | undefined {
    return this.#topics.get(topic)?.get(partition);
  }

  has(owned: OwnedPartition): boolean {
    return this.get(owned) === owned;
  }

  *[Symbol.iterator](): Generator<OwnedPartition> {
    for (const partitions of this.#topics.values()) yield* partitions.values();
  }

  byTopic(): Record<string, readonly number[]> {
    return Object.fromEntries([...this.#topics].map(([topic, partitions]) => [topic, [...partitions.keys()]]));
  }

  /** Becomes what is assigned, and gives the difference. A partition that somebody else may have had meanwhile is lost and gained. */
  assign(
    assignment: Readonly<Record<string, readonly number[]>>,
    mayHaveMoved: boolean,
  ): { readonly gained: readonly OwnedPartition[]; readonly lost: readonly OwnedPartition[]; readonly kept: readonly OwnedPartition[] } {
    const before = [...this];
    const isKept = ({ topic, partition }: OwnedPartition) => !mayHaveMoved && (assignment[topic]?.includes(partition) ?? false);
    const kept = before.filter(isKept);
    const lost = before.filter((owned) => !isKept(owned));
    for (const { topic, partition } of lost) this.#topics.get(topic)?.delete(partition);
    const gained: OwnedPartition[] = [];
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        if (this.get({ topic, partition })) continue;
        const owned = new OwnedPartition(topic, partition);
        gained.push(owned);
        this.#of(topic).set(partition, owned);
      }
    }
    return { gained, lost, kept };
  }

  clear(): void {
    this.#topics.clear();
  }

  #of(topic: string): Map<number, OwnedPartition> {
    const partitions = this.#topics.get(topic) ?? new Map<number, OwnedPartition>();
    this.#topics.set(topic, partitions);
    return partitions;
  }
}

import { Partition, type PartitionOptions } from './partition.js';

export interface TopicsOptions extends Omit<PartitionOptions, 'isHint'> {
  readonly partitionsOf: (topic: string) => number;
  readonly hints: ReadonlySet<string>;
  readonly nowMs: () => number;
}

/** The partitions of every topic that was named so far. */
export class Topics {
  readonly #byName = new Map<string, readonly Partition[]>();

  constructor(readonly options: TopicsOptions) {}

  /** Creates the topic when it is missing. */
  partitions(topic: string): readonly Partition[] {
    return this.#byName.get(topic) ?? this.#create(topic);
  }

  *all(): IterableIterator<Partition> {
    for (const partitions of this.#byName.values()) yield* partitions;
  }

  #create(topic: string): readonly Partition[] {
    const { partitionsOf, hints, nowMs, ...options } = this.options;
    const isHint = hints.has(topic);
    const partitions = Array.from(
      { length: partitionsOf(topic) },
      (_, number) => new Partition(topic, number, { ...options, isHint }, nowMs),
    );
    this.#byName.set(topic, partitions);
    return partitions;
  }
}

import type { IncomingMessage, Service, Stream, StreamConsumer, Subscription, TopicPartition } from '@marathon/core';
import { Watchers } from './condition.js';

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** A member of a group that records what it is told. It finishes nothing by itself. */
export class Receiver {
  readonly consumer: StreamConsumer;
  readonly received: IncomingMessage[] = [];
  /** Messages that came before their partition's `onAssigned` had resolved. */
  readonly tooEarly: IncomingMessage[] = [];
  readonly #assigned = new Map<string, TopicPartition>();
  readonly #ready = new Set<string>();
  readonly #watchers = new Watchers();

  /** `prepare` is what it does before it is ready for a partition. */
  constructor(stream: Stream, subscription: Pick<Subscription, 'group' | 'topics'>, prepare: () => Promise<void> = async () => {}) {
    this.consumer = stream.subscribe({
      ...subscription,
      onAssigned: async (partitions) => {
        for (const partition of partitions) this.#assigned.set(keyOf(partition), partition);
        this.#watchers.changed();
        await prepare();
        for (const partition of partitions) this.#ready.add(keyOf(partition));
      },
      onRevoked: async (partitions) => {
        for (const partition of partitions) {
          this.#assigned.delete(keyOf(partition));
          this.#ready.delete(keyOf(partition));
        }
        this.#watchers.changed();
      },
      onMessages: (messages) => {
        this.tooEarly.push(...messages.filter((message) => this.#assigned.has(keyOf(message)) && !this.#ready.has(keyOf(message))));
        this.received.push(...messages);
        this.#watchers.changed();
      },
    });
  }

  /** What it has by its own account, in the order of topics and partitions. */
  get assigned(): readonly TopicPartition[] {
    return [...this.#assigned.values()].sort((a, b) => a.topic.localeCompare(b.topic) || a.partition - b.partition);
  }

  get values(): readonly string[] {
    return this.received.map(({ value }) => value);
  }

  has(partition: TopicPartition): boolean {
    return this.#assigned.has(keyOf(partition));
  }

  /** The first delivery of this value, once there is one. */
  async messageOf(value: string): Promise<IncomingMessage> {
    await this.untilReceived([value]);
    return this.received.find((message) => message.value === value) as IncomingMessage;
  }

  untilReceived(values: readonly string[]): Promise<void> {
    return this.#watchers.until(() => values.every((value) => this.values.includes(value)));
  }

  untilAssigned(holds: (assigned: readonly TopicPartition[]) => boolean): Promise<void> {
    return this.#watchers.until(() => holds(this.assigned));
  }
}

/** A tail that records what it sees. */
export class TailReceiver {
  readonly tail: Service;
  readonly received: IncomingMessage[] = [];
  readonly #watchers = new Watchers();

  constructor(stream: Stream, topic: string, partition?: number) {
    this.tail = stream.tail({
      topic,
      ...(partition === undefined ? {} : { partition }),
      onMessages: (messages) => {
        this.received.push(...messages);
        this.#watchers.changed();
      },
    });
  }

  get values(): readonly string[] {
    return this.received.map(({ value }) => value);
  }

  untilReceived(values: readonly string[]): Promise<void> {
    return this.#watchers.until(() => values.every((value) => this.values.includes(value)));
  }
}

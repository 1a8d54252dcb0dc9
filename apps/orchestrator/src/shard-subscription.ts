import type {
  IncomingMessage,
  OwnedShard,
  Service,
  Shard,
  ShardMessage,
  ShardOwner,
  Stream,
  StreamConsumer,
  TopicPartition,
} from '@marathon/core';
import { decodeMessage, workflowTopic } from '@marathon/protocol';
import { Logger } from '@nestjs/common';

/**
 * One queue's workflow topic, as a member of its group: partitions that come and go are shards that are gained and lost, and
 * messages of theirs are deliveries.
 */
export class ShardSubscription implements Service {
  readonly #log = new Logger('ShardSubscription');
  readonly #topic: string;
  readonly #consumer: StreamConsumer;
  /** The queue's shards, by partition. */
  readonly #shards: ReadonlyMap<number, Shard>;
  #finished: IncomingMessage[] = [];
  #paused = new Map<number, TopicPartition>();

  constructor(
    taskQueue: string,
    shards: readonly Shard[],
    stream: Stream,
    private readonly owner: Pick<ShardOwner, 'accept' | 'lose'>,
    gain: (shards: readonly Shard[]) => Promise<void>,
  ) {
    this.#topic = workflowTopic(taskQueue);
    this.#shards = new Map(shards.map((shard) => [shard.partition, shard]));
    this.#consumer = stream.subscribe({
      group: this.#topic,
      topics: [this.#topic],
      onAssigned: async (partitions) => {
        for (const { partition } of partitions) this.#paused.delete(partition);
        await gain(this.#shardsOf(partitions));
      },
      onRevoked: async (partitions) => this.owner.lose(this.#shardsOf(partitions)),
      onMessages: (messages) => this.#take(messages),
    });
  }

  start(): Promise<void> {
    return this.#consumer.start();
  }

  stop(): Promise<void> {
    return this.#consumer.stop();
  }

  caughtUpTo({ partition }: OwnedShard): number {
    return this.#consumer.caughtUpTo({ topic: this.#topic, partition });
  }

  sessionIsFresh(): boolean {
    return this.#consumer.sessionIsFresh();
  }

  resume(): void {
    if (this.#paused.size === 0) return;
    this.#consumer.resume([...this.#paused.values()]);
    this.#paused.clear();
  }

  #take(messages: readonly IncomingMessage[]): void {
    const full = new Map<number, TopicPartition>();
    for (const incoming of messages) {
      const message = this.#decode(incoming);
      const shard = this.#shards.get(incoming.partition);
      if (!message || !shard) this.#finish(incoming);
      else if (!this.owner.accept({ shard: shard.id, message, bytes: incoming.value.length, done: () => this.#finish(incoming) })) {
        full.set(incoming.partition, { topic: this.#topic, partition: incoming.partition });
      }
    }
    if (full.size === 0) return;
    this.#consumer.pause([...full.values()]);
    for (const [partition, place] of full) this.#paused.set(partition, place);
  }

  #decode(incoming: IncomingMessage): ShardMessage | undefined {
    try {
      return decodeMessage(incoming) as ShardMessage;
    } catch (error) {
      this.#log.error('a message that no schema fits is passed over', {
        topic: incoming.topic,
        partition: incoming.partition,
        offset: incoming.offset,
        error,
      });
      return undefined;
    }
  }

  /** Reported once a tick: a commit finishes many messages. */
  #finish(message: IncomingMessage): void {
    if (this.#finished.length === 0) {
      queueMicrotask(() => {
        const finished = this.#finished;
        this.#finished = [];
        this.#consumer.done(finished);
      });
    }
    this.#finished.push(message);
  }

  #shardsOf(partitions: readonly TopicPartition[]): readonly Shard[] {
    return partitions.flatMap(({ partition }) => this.#shards.get(partition) ?? []);
  }
}

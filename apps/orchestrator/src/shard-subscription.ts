import type {
  Clock,
  DeadLetters,
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
import { deadLetterOf, expectMessage, workflowTopic } from '@marathon/protocol';
import { Logger } from '@nestjs/common';

/** How long a fenced owner waits before it asks whose a shard is: a group tells what it decided with one of the next heartbeats. */
const askMs = 1_000;

const kinds = Object.keys({
  'run-started': true,
  'request-accepted': true,
  'activity-finished': true,
  'activity-deferred': true,
  'activity-announced': true,
  'activity-claim-requested': true,
  'leases-renewed': true,
  'result-awaited': true,
  'query-requested': true,
  'update-awaited': true,
  'update-offered': true,
  'child-closed': true,
} satisfies Record<ShardMessage['kind'], true>) as ShardMessage['kind'][];

export interface ShardSubscriptionPorts {
  readonly stream: Stream;
  readonly clock: Clock;
  readonly owner: Pick<ShardOwner, 'accept' | 'lose'>;
  readonly deadLetters: Pick<DeadLetters, 'bury' | 'hasRoom'>;
  /** Tries until it succeeds, or the shards are not wanted any more. */
  gain(shards: readonly Shard[], isWanted: () => boolean): Promise<void>;
  /** The queue's shards when its topic has this many partitions at least. */
  findShards(partitionsMin: number): Promise<readonly Shard[]>;
}

/**
 * One queue's workflow topic, as a member of its group: partitions that come and go are shards that are gained and lost, and
 * messages of theirs are deliveries.
 */
export class ShardSubscription implements Service {
  readonly #log = new Logger('ShardSubscription');
  readonly #topic: string;
  readonly #ports: ShardSubscriptionPorts;
  readonly #consumer: StreamConsumer;
  /** The queue's shards, by partition. */
  readonly #shards: Map<number, Shard>;
  /** The partitions that are ours, with what came of each and is not finished. */
  readonly #held = new Map<number, Set<IncomingMessage>>();
  /** Partitions of shards whose epoch somebody else has raised. */
  readonly #fenced = new Set<number>();
  readonly #paused = new Set<number>();
  #finished: IncomingMessage[] = [];

  constructor(taskQueue: string, shards: readonly Shard[], ports: ShardSubscriptionPorts) {
    this.#topic = workflowTopic(taskQueue);
    this.#ports = ports;
    this.#shards = new Map(shards.map((shard) => [shard.partition, shard]));
    this.#consumer = ports.stream.subscribe({
      group: this.#topic,
      topics: [this.#topic],
      onAssigned: (partitions) => this.#take(partitions.map(({ partition }) => partition)),
      onRevoked: async (partitions) => this.#lose(partitions.map(({ partition }) => partition)),
      onMessages: (messages) => this.#deliver(messages),
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
    const partitions = [...this.#paused].filter((partition) => !this.#fenced.has(partition));
    if (partitions.length === 0) return;
    for (const partition of partitions) this.#paused.delete(partition);
    this.#consumer.resume(partitions.map((partition) => this.#place(partition)));
  }

  /**
   * Another process has raised the shard's epoch: it has the shard now, or it had lost it and did not know. The group decides:
   * the shard is gained again when it is still ours and the group has heard of us lately.
   */
  onShardLost({ partition }: Shard): void {
    if (!this.#held.has(partition) || this.#fenced.has(partition)) return;
    this.#fenced.add(partition);
    this.#pause([partition]);
    this.#askLater(partition);
  }

  #askLater(partition: number): void {
    const { clock } = this.#ports;
    clock.at(clock.now() + askMs, () => {
      if (!this.#fenced.has(partition)) return;
      if (!this.#consumer.sessionIsFresh()) return this.#askLater(partition);
      this.#regain(partition).catch((error: unknown) => this.#log.error('a shard could not be gained again', error, { partition }));
    });
  }

  /** What was dropped when the shard was lost comes again, unless the shard or the partition has gone once more meanwhile. */
  async #regain(partition: number): Promise<void> {
    const held = this.#held.get(partition);
    this.#fenced.delete(partition);
    await this.#gain([partition]);
    if (!held || this.#held.get(partition) !== held || this.#fenced.has(partition)) return;
    this.#paused.delete(partition);
    this.#consumer.resume([this.#place(partition)]);
    const unfinished = [...held];
    this.#held.set(partition, new Set());
    this.#deliver(unfinished.map((message) => ({ ...message, redelivered: true })));
  }

  async #take(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) {
      this.#held.set(partition, new Set());
      this.#fenced.delete(partition);
      this.#paused.delete(partition);
    }
    if (partitions.some((partition) => !this.#shards.has(partition))) {
      const shards = await this.#ports.findShards(Math.max(...partitions) + 1);
      for (const shard of shards) this.#shards.set(shard.partition, shard);
    }
    await this.#gain(partitions);
  }

  async #gain(partitions: readonly number[]): Promise<void> {
    const isHeld = (partition: number) => this.#held.has(partition);
    await this.#ports.gain(this.#shardsOf(partitions.filter(isHeld)), () => partitions.some(isHeld));
    this.#ports.owner.lose(this.#shardsOf(partitions.filter((partition) => !isHeld(partition))));
  }

  #lose(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.#held.delete(partition);
      this.#fenced.delete(partition);
      this.#paused.delete(partition);
    }
    this.#ports.owner.lose(this.#shardsOf(partitions));
  }

  #deliver(messages: readonly IncomingMessage[]): void {
    const { owner, deadLetters } = this.#ports;
    const full = new Set<number>();
    for (const incoming of messages) {
      const { partition, redelivered } = incoming;
      this.#held.get(partition)?.add(incoming);
      const done = () => this.#finish(incoming);
      const message = this.#read(incoming, done);
      const shard = this.#shards.get(partition);
      const bytes = incoming.value.length;
      const hasRoom = message ? !shard || owner.accept({ shard: shard.id, message, bytes, redelivered, done }) : deadLetters.hasRoom;
      if (!hasRoom) full.add(partition);
    }
    if (full.size > 0) this.#pause([...full]);
  }

  /** Nothing for what cannot be read: that becomes a dead letter, and is done then. */
  #read(incoming: IncomingMessage, done: () => void): ShardMessage | undefined {
    try {
      return expectMessage(incoming, kinds);
    } catch (error) {
      const letter = deadLetterOf(incoming, error);
      const { topic, partition, offset } = incoming;
      this.#log.error('a message cannot be read and becomes a dead letter', { reason: letter.explanation, topic, partition, offset });
      this.#ports.deadLetters.bury(letter, done);
      return undefined;
    }
  }

  /** Reported once a tick: a commit finishes many messages. */
  #finish(message: IncomingMessage): void {
    this.#held.get(message.partition)?.delete(message);
    if (this.#finished.length === 0) {
      queueMicrotask(() => {
        const finished = this.#finished;
        this.#finished = [];
        this.#consumer.done(finished);
      });
    }
    this.#finished.push(message);
  }

  #pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
    this.#consumer.pause(partitions.map((partition) => this.#place(partition)));
  }

  #shardsOf(partitions: readonly number[]): readonly Shard[] {
    return partitions.flatMap((partition) => this.#shards.get(partition) ?? []);
  }

  #place(partition: number): TopicPartition {
    return { topic: this.#topic, partition };
  }
}

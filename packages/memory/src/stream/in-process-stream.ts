import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Clock,
  messageBytesMax,
  type OutgoingMessage,
  type Service,
  type Stream,
  type StreamConsumer,
  StreamPublishError,
  type Subscription,
  type TailSubscription,
} from '@marathon/core';
import { ConsumerGroup } from './consumer-group.js';
import { Disorder, type DisorderOptions } from './disorder.js';
import { InProcessConsumer } from './in-process-consumer.js';
import { InProcessTail } from './in-process-tail.js';
import { type Backlog, sizeOf } from './kept-message.js';
import type { Partition } from './partition.js';
import { partitionOfKey } from './partition-of-key.js';
import { PendingPublish } from './pending-publish.js';
import type { Surroundings } from './surroundings.js';
import { Topics } from './topics.js';

export interface InProcessStreamOptions {
  /** The number of partitions of a topic, asked once for each. Default 4. */
  readonly partitionsOf?: (topic: string) => number;
  /** The largest message: key, value and headers as UTF-8. Default 1 MiB. */
  readonly messageBytesMax?: number;
  /** Unfinished messages that one partition keeps for one group; at this number `publish` waits. Default 50,000. */
  readonly backlogMessagesMax?: number;
  /** Their bytes; at this number `publish` waits. Default 16 MiB. */
  readonly backlogBytesMax?: number;
  /** Topics whose messages are dropped when nobody reads them. All others keep theirs, up to the bounds, for a group that comes later. */
  readonly hints?: readonly string[];
  /** Default: the system's. */
  readonly clock?: Pick<Clock, 'now'>;
  /** For tests: everything that the port does not forbid happens, by a seed. */
  readonly disorder?: DisorderOptions;
}

/**
 * The stream within one process; its messages die with it.
 *
 *  - A message is delivered in a later turn of the event loop than it was published, never within `publish`; all that one turn
 *    brought for a consumer comes in one call. Handlers run in the async scope in which the stream was made, never in a publisher's.
 *  - A partition keeps a message until every group of its topic has finished it. A group that comes later begins with what is kept.
 *    At the bound of one partition `publish` waits, with the messages for it only: those for others are taken at once. It waits
 *    until a consumer finishes something, or rejects when the stream stops. So never await `publish` before you finish what makes room.
 *  - A topic that only tails read keeps nothing; a tail is bounded as a group is, for the one turn that it is behind.
 *  - Handlers that throw or reject are defects of the subscriber and surface as uncaught exceptions.
 */
export class InProcessStream implements Stream {
  readonly durability = 'process';
  readonly #messageBytesMax: number;
  readonly #backlog: Backlog;
  readonly #surroundings: Surroundings;
  readonly #topics: Topics;
  readonly #groups = new Map<string, ConsumerGroup>();
  #isRunning = false;

  constructor(options: InProcessStreamOptions = {}) {
    const nowMs = options.clock ? () => (options.clock as Clock).now() : Date.now;
    const disorder = options.disorder && new Disorder(options.disorder);
    this.#messageBytesMax = options.messageBytesMax ?? messageBytesMax;
    this.#backlog = { messagesMax: options.backlogMessagesMax ?? 50_000, bytesMax: options.backlogBytesMax ?? 16_777_216 };
    this.#surroundings = { scope: AsyncLocalStorage.snapshot(), nowMs, disorder, readers: new Set() };
    this.#topics = new Topics({
      backlog: this.#backlog,
      partitionsOf: options.partitionsOf ?? (() => 4),
      hints: new Set(options.hints),
      repeats: disorder?.repeats ?? 0,
      nowMs,
    });
  }

  async start(): Promise<void> {
    this.#isRunning = true;
  }

  /** Stops its consumers and tails; a `publish` that waits rejects. */
  async stop(): Promise<void> {
    await Promise.all([...this.#surroundings.readers].map((reader) => reader.stop()));
    this.#isRunning = false;
    for (const partition of this.#topics.all()) partition.refuseArrivals();
  }

  /** @throws RangeError when a message names a partition that its topic does not have. */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const { scope, disorder } = this.#surroundings;
    if (disorder) await scope(() => disorder.delay());
    if (!this.#isRunning) throw new StreamPublishError('the stream is not running', []);
    const { tooLarge, pending } = scope(() => this.#take(messages));
    if (pending && !(await pending.isTaken)) throw new StreamPublishError('the stream was stopped', tooLarge);
    if (tooLarge.length > 0) throw new StreamPublishError(`${tooLarge.length} messages exceed ${this.#messageBytesMax} bytes`, tooLarge);
  }

  async partitionsOf(topic: string): Promise<number> {
    return this.#topics.partitions(topic).length;
  }

  subscribe(subscription: Subscription): StreamConsumer {
    return new InProcessConsumer(subscription, this.#group(subscription.group), this.#surroundings);
  }

  tail(subscription: TailSubscription): Service {
    const all = this.#topics.partitions(subscription.topic);
    const partitions = subscription.partition === undefined ? all : [partitionAt(all, subscription.topic, subscription.partition)];
    return new InProcessTail(subscription, partitions, this.#backlog, this.#surroundings);
  }

  async consumersOf(group: string): Promise<number> {
    return this.#groups.get(group)?.size ?? 0;
  }

  isUsable(): boolean {
    return this.#isRunning;
  }

  #take(messages: readonly OutgoingMessage[]): {
    readonly tooLarge: readonly OutgoingMessage[];
    readonly pending: PendingPublish | undefined;
  } {
    const tooLarge: OutgoingMessage[] = [];
    let pending: PendingPublish | undefined;
    for (const message of messages) {
      const bytes = sizeOf(message);
      if (bytes > this.#messageBytesMax) {
        tooLarge.push(message);
        continue;
      }
      const partitions = this.#topics.partitions(message.topic);
      const partition = partitionAt(partitions, message.topic, message.partition ?? partitionOfKey(message.key, partitions.length));
      for (let times = this.#surroundings.disorder?.repeatsMessage() ? 2 : 1; times > 0; times -= 1) {
        if (partition.take(message, bytes)) continue;
        pending ??= new PendingPublish();
        partition.takeLater(message, bytes, pending);
      }
    }
    return { tooLarge, pending };
  }

  #group(name: string): ConsumerGroup {
    const group = this.#groups.get(name) ?? new ConsumerGroup(name, this.#topics);
    this.#groups.set(name, group);
    return group;
  }
}

function partitionAt(partitions: readonly Partition[], topic: string, number: number): Partition {
  const partition = partitions[number];
  if (!partition) throw new RangeError(`topic ${topic} has partitions 0 to ${partitions.length - 1}, not ${number}`);
  return partition;
}

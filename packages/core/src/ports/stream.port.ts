import type { Service } from './service.js';

/**
 * A partitioned, durable-enough log of messages, as Apache Kafka is one. What an adapter promises, and what it does not:
 *
 *  S1  A message whose `publish` resolved is delivered to every group that subscribes its topic, at least once.
 *      It may come twice, and after a restart of the adapter's medium it may be gone (the engine sends again).
 *  S2  Within one delivery to one consumer, messages of a partition come in the order of their offsets, until a redelivery.
 *      Nothing is promised between partitions, nor between the order of two `publish` calls that overlap.
 *  S3  A partition has one consumer of a group at a time, as the group sees it: a consumer that lost a partition may go on
 *      receiving its messages for a while.
 *  S4  A message that was not reported `done` is delivered again to the partition's next consumer; one that was may be, too. Both are
 *      marked `redelivered`, unless whoever had them has let go of them and stopped in order.
 *  S5  Handlers enqueue and return. What is unfinished is bounded by the receiver with `pause`.
 *  S6  A message of more than 1 MiB is never taken.
 */
export interface Stream extends Service {
  /**
   * Resolves when all are taken. Keeps no order between calls.
   * @throws StreamPublishError naming the messages that can never be taken (too large) apart from those that may be sent again.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<void>;
  /** How many partitions the topic has; creates it with the configured number when it is missing. */
  partitionsOf(topic: string): Promise<number>;
  /** Joins `group` and receives a share of the topics' partitions, from the first message that the group has not finished. */
  subscribe(subscription: Subscription): StreamConsumer;
  /**
   * Reads a topic without a group: every message from now on, of `partition` or of all partitions. Nothing is redelivered;
   * what arrives while the reader is away is missed.
   */
  tail(tail: TailSubscription): Service;
  /** Consumers that `group` has now, in all processes: 0 says that messages wait for somebody to come. */
  consumersOf(group: string): Promise<number>;
  /** True while messages can be published and received. */
  isUsable(): boolean;
  /** `process`: messages die with the process, so that owners send again what open runs wait for when they gain a shard. */
  readonly durability: 'process' | 'log';
}

/** Of key, value and headers together. What brokers take unless they are told otherwise. */
export const messageBytesMax = 1_048_576;

export interface OutgoingMessage {
  readonly topic: string;
  /** When absent, the adapter derives it from `key`. */
  readonly partition?: number;
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text; grows within a partition. */
  readonly offset: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  /** When the stream took it, milliseconds since 1970. */
  readonly timestampMs: number;
  /** True when somebody may have begun with it before: it was unfinished at the last rebalance, and not let go. */
  readonly redelivered: boolean;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** Called before the first message of a gained partition; messages of it follow when the promise has resolved. */
  onAssigned(partitions: readonly TopicPartition[]): Promise<void>;
  /**
   * The partitions are another's from now on. May come late, or never when the process was cut off; `stop` calls it for all that is
   * left, and waits for it. What is reported `done` before it resolves still counts.
   */
  onRevoked(partitions: readonly TopicPartition[]): Promise<void>;
  /** Enqueues and returns. */
  onMessages(messages: readonly IncomingMessage[]): void;
}

export interface TailSubscription {
  readonly topic: string;
  readonly partition?: number;
  onMessages(messages: readonly IncomingMessage[]): void;
}

export interface StreamConsumer extends Service {
  /** Finished, in any order; the adapter commits in the background, below the lowest unfinished message. Unassigned partitions are ignored. */
  done(messages: readonly IncomingMessage[]): void;
  /**
   * Never begun, and never to be: they are delivered again, and when nothing else is unfinished of a partition as the consumer stops,
   * its next consumer has none of them marked.
   */
  letGo(messages: readonly IncomingMessage[]): void;
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /**
   * An instant (milliseconds since 1970) such that every message the stream took before it, in this partition, was handed to
   * `onMessages`. 0 when unknown. Deadlines of attempts fire only behind it.
   */
  caughtUpTo(partition: TopicPartition): number;
  /** False when the group may have given our partitions away without our noticing: no step in place may begin then. */
  sessionIsFresh(): boolean;
}

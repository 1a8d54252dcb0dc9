import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type OutgoingMessage,
  type Service,
  type Stream,
  type StreamConsumer,
  StreamPublishError,
  type Subscription,
  type TailSubscription,
} from '@marathon/core';
import type { Admin, Producer } from 'kafkajs';
import { ConnectionWatch } from './connection-watch.js';
import { KafkaConsumer } from './consumer/kafka-consumer.js';
import { GroupSizes } from './group-sizes.js';
import { kafkaClient } from './kafka-client.js';
import type { KafkaStreamOptions } from './kafka-stream.options.js';
import { Publisher } from './publish/publisher.js';
import { KafkaTail } from './tail/kafka-tail.js';
import { Topics } from './topics.js';

const retryMs = 500;

/**
 * The stream over Apache Kafka.
 *
 *  - `start` returns when Kafka has answered or has not: without it everything is tried again until it is there, and `isUsable`
 *    tells. Meanwhile `publish` rejects, `partitionsOf` and the start of a tail wait, and consumers join when they can.
 *  - Topics are created when they are first met; messages of workflow and activity topics stay until their group has finished them.
 *  - What a consumer reports done counts in a rebalance if it came before the rebalance began, and at `stop` until `onRevoked` resolves.
 */
export class KafkaStream implements Stream {
  readonly durability = 'log';
  readonly #options: KafkaStreamOptions;
  readonly #admin: Admin;
  readonly #producer: Producer;
  readonly #topics: Topics;
  readonly #publisher: Publisher;
  readonly #watch: ConnectionWatch;
  readonly #groups: GroupSizes;
  readonly #consumers = new Set<KafkaConsumer>();
  readonly #tails = new Set<KafkaTail>();
  #isRunning = false;

  /** `onConnection` is told when Kafka begins to answer, and when it no longer does. */
  constructor(options: KafkaStreamOptions, onConnection: (isUp: boolean) => void = () => {}) {
    this.#options = options;
    const client = kafkaClient(options);
    this.#admin = client.admin({ retry: { retries: 2 } });
    this.#producer = client.producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => (record) => record.message.partition as number,
      retry: { initialRetryTime: 50, retries: 3 },
    });
    this.#topics = new Topics(this.#admin, {
      partitionsOf: options.partitionsOf ?? (() => 8),
      replicationFactor: options.replicationFactor ?? 1,
    });
    this.#publisher = new Publisher(this.#producer, this.#topics, AsyncLocalStorage.snapshot());
    this.#groups = new GroupSizes(this.#admin);
    this.#watch = new ConnectionWatch(() => this.#probe(), options.log, onConnection);
  }

  async start(): Promise<void> {
    this.#isRunning = true;
    await this.#watch.start();
  }

  /** Stops its consumers and tails; a `publish` under way ends first. */
  async stop(): Promise<void> {
    await Promise.all([...this.#consumers, ...this.#tails].map((reader) => reader.stop()));
    this.#isRunning = false;
    await this.#watch.stop();
    await this.#publisher.idle();
    await Promise.all([this.#admin.disconnect(), this.#producer.disconnect()].map((closing) => closing.catch(() => undefined)));
  }

  /** @throws RangeError when a message names a partition that its topic does not have. */
  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    if (!this.#isRunning) throw new StreamPublishError('the stream is not running', []);
    await this.#publisher.publish(messages);
  }

  /** Waits for Kafka; rejects when the stream stops meanwhile. */
  async partitionsOf(topic: string): Promise<number> {
    for (;;) {
      try {
        return this.#topics.countOf(topic) ?? (await this.#topics.ask(topic));
      } catch (error) {
        if (!this.#isRunning) throw error;
        await sleep(retryMs);
      }
    }
  }

  subscribe(subscription: Subscription): StreamConsumer {
    return new KafkaConsumer(subscription, {
      client: () => kafkaClient(this.#options),
      askForTopics: (topics) => Promise.all(topics.map((topic) => this.#topics.ask(topic))),
      log: this.#options.log,
      onStart: (consumer) => this.#consumers.add(consumer),
      onStop: (consumer) => this.#consumers.delete(consumer),
    });
  }

  tail(subscription: TailSubscription): Service {
    return new KafkaTail(subscription, {
      client: () => kafkaClient(this.#options),
      askForTopic: (topic) => this.#topics.ask(topic),
      onStart: (tail) => this.#tails.add(tail),
      onStop: (tail) => this.#tails.delete(tail),
    });
  }

  /** As of at most a second ago. */
  consumersOf(group: string): Promise<number> {
    return this.#groups.sizeOf(group);
  }

  /** Kafka answers, and every consumer that was started is a member of its group. */
  isUsable(): boolean {
    return this.#isRunning && this.#watch.isUp && [...this.#consumers].every(({ isJoined }) => isJoined);
  }

  async #probe(): Promise<void> {
    await Promise.all([this.#admin.connect(), this.#producer.connect()]);
    await this.#admin.describeCluster();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, Service, TailSubscription } from '@marathon/core';
import type { Broker, Cluster, Kafka, KafkaMessage } from 'kafkajs';
import { incomingMessage } from '../incoming-message.js';
import { surfacing } from '../surfacing.js';

const fetchWaitMs = 500;
const partitionBytesMax = 4_194_304;
const retryMs = 500;

interface Surroundings {
  readonly client: () => Kafka;
  /** Resolves with the number of partitions, when the topic exists. */
  readonly askForTopic: (topic: string) => Promise<number>;
  readonly onStart: (tail: KafkaTail) => void;
  readonly onStop: (tail: KafkaTail) => void;
}

interface FetchResponse {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly messages: readonly (KafkaMessage & { readonly isControlRecord?: boolean })[];
    }[];
  }[];
}

/**
 * Fetches from each leader by itself. A kafkajs consumer would need a group for that: partitions only after a rebalance, and a
 * group for the broker to keep for every process that ever was.
 */
export class KafkaTail implements Service {
  #cluster: Cluster | undefined;
  /** The next offset of each partition that is read. */
  readonly #positions = new Map<number, number>();
  readonly #readers = new Map<string, Promise<void>>();
  #stopping = new AbortController();
  #starting: Promise<void> | undefined;

  constructor(
    private readonly subscription: TailSubscription,
    private readonly surroundings: Surroundings,
  ) {}

  /** Resolves when the place in the log is known; without Kafka it waits for it. */
  async start(): Promise<void> {
    if (this.#starting) return this.#starting;
    this.#stopping = new AbortController();
    this.surroundings.onStart(this);
    this.#starting = this.#begin(this.#stopping.signal);
    return this.#starting;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.surroundings.onStop(this);
    await this.#cluster?.disconnect().catch(() => undefined);
    await this.#starting;
    await Promise.all(this.#readers.values());
    await this.#cluster?.disconnect().catch(() => undefined);
    this.#starting = undefined;
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { topic, partition } = this.subscription;
    while (!signal.aborted) {
      const cluster = clusterOf(this.surroundings.client());
      try {
        const count = await this.surroundings.askForTopic(topic);
        if (signal.aborted) return;
        this.#cluster = cluster;
        await cluster.connect();
        await cluster.addTargetTopic(topic);
        await this.#seekEnd(cluster, partition === undefined ? Array.from({ length: count }, (_, i) => i) : [partition]);
        this.#spread(cluster, signal);
        return;
      } catch {
        await cluster.disconnect().catch(() => undefined);
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #seekEnd(cluster: Cluster, partitions: readonly number[]): Promise<void> {
    const { topic } = this.subscription;
    const asked = { topic, partitions: partitions.map((partition) => ({ partition })), fromBeginning: false };
    const ends = (await cluster.fetchTopicsOffset([asked])).flatMap((answered) => answered.partitions);
    if (ends.length < partitions.length) throw new Error(`not every partition of ${topic} has a leader`);
    for (const { partition, offset } of ends) this.#positions.set(partition, Number(offset));
  }

  /** Each leader has a reader of its own: a broker lets a request wait until there are messages. */
  #spread(cluster: Cluster, signal: AbortSignal): void {
    for (const leader of Object.keys(cluster.findLeaderForPartitions(this.subscription.topic, [...this.#positions.keys()]))) {
      if (this.#readers.has(leader) || signal.aborted) continue;
      this.#readers.set(
        leader,
        this.#read(cluster, leader, signal).finally(() => this.#readers.delete(leader)),
      );
    }
  }

  async #read(cluster: Cluster, leader: string, signal: AbortSignal): Promise<void> {
    const { topic } = this.subscription;
    while (!signal.aborted) {
      try {
        await cluster.refreshMetadataIfNecessary();
        this.#spread(cluster, signal);
        const partitions = cluster.findLeaderForPartitions(topic, [...this.#positions.keys()])[leader];
        if (!partitions) return;
        const broker = await cluster.findBroker({ nodeId: leader });
        await this.#fetch(broker, partitions.map(Number), signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(cluster, error, signal);
      }
    }
  }

  async #fetch(broker: Broker, partitions: readonly number[], signal: AbortSignal): Promise<void> {
    const { topic } = this.subscription;
    const { responses } = (await broker.fetch({
      maxWaitTime: fetchWaitMs,
      minBytes: 1,
      maxBytes: 2 * partitionBytesMax,
      isolationLevel: 0,
      topics: [
        {
          topic,
          partitions: partitions.map((partition) => ({
            partition,
            fetchOffset: String(this.#positions.get(partition)),
            maxBytes: partitionBytesMax,
          })),
        },
      ],
    })) as FetchResponse;
    if (signal.aborted) return;
    const messages: IncomingMessage[] = [];
    for (const answered of responses) for (const one of answered.partitions) this.#take(one.partition, one.messages, messages);
    if (messages.length > 0) await surfacing(() => this.subscription.onMessages(messages));
  }

  /** A record batch may begin before the offset that was asked for. */
  #take(
    partition: number,
    fetched: FetchResponse['responses'][number]['partitions'][number]['messages'],
    messages: IncomingMessage[],
  ): void {
    const position = this.#positions.get(partition) as number;
    for (const message of fetched) {
      const offset = Number(message.offset);
      if (offset < position) continue;
      this.#positions.set(partition, offset + 1);
      if (!message.isControlRecord) messages.push(incomingMessage(this.subscription.topic, partition, message, false));
    }
  }

  /** A topic that was deleted begins anew: what it had is missed. */
  async #recover(cluster: Cluster, error: unknown, signal: AbortSignal): Promise<void> {
    try {
      if (isLost(error)) await this.surroundings.askForTopic(this.subscription.topic);
      await cluster.connect();
      await cluster.refreshMetadata();
      if (isLost(error)) await this.#seekEnd(cluster, [...this.#positions.keys()]);
      this.#spread(cluster, signal);
    } catch {
      // The next round finds out.
    }
    await sleep(retryMs, undefined, { signal }).catch(() => undefined);
  }
}

function isLost(error: unknown): boolean {
  const { type } = error as { readonly type?: string };
  return type === 'OFFSET_OUT_OF_RANGE' || type === 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** kafkajs shows its cluster to assigners alone, when it makes a consumer; the consumer itself never runs. */
function clusterOf(client: Kafka): Cluster {
  let seen: Cluster | undefined;
  client.consumer({
    groupId: 'none',
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        seen = cluster;
        return { name: 'none', version: 0, assign: async () => [], protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }) };
      },
    ],
  });
  return seen as unknown as Cluster;
}

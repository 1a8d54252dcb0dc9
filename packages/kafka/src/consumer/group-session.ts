import type { Broker, Cluster } from 'kafkajs';
import { isUnknownTopic } from '../topics.js';

/** What the group knows this member by. The broker refuses a commit that names an older generation. */
export interface Membership {
  readonly memberId: string;
  readonly generationId: number;
}

export interface CommittedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string;
}

/** A partition's part of an answered fetch. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  /** Where the request began to read. */
  readonly fetchOffset: number;
  /** Everything below was taken by all replicas when the broker answered. */
  readonly highWatermark: number;
  /** When the request was sent, milliseconds since 1970. */
  readonly sentMs: number;
}

interface Watcher {
  onFetched(fetched: Fetched): void;
  /** The log no longer has what we were to read next, or is gone: one that follows it has other messages at the same offsets. */
  onLogGone(error: Error): void;
}

interface FetchRequest {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[];
  }[];
}
interface FetchResponse {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly { readonly partition: number; readonly highWatermark: string }[];
  }[];
}
interface OffsetFetchResponse {
  readonly responses: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string; readonly metadata?: string | null }[];
  }[];
}
/** What kafkajs's brokers can besides what its types tell. */
interface GroupBroker extends Omit<Broker, 'fetch'> {
  fetch(request: FetchRequest): Promise<FetchResponse>;
  heartbeat(request: { readonly memberId: string }): Promise<unknown>;
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  syncGroup(request: { readonly memberId: string; readonly generationId: number }): Promise<unknown>;
}

/**
 * Looks over the shoulder of a kafkajs consumer, at the requests that it sends. Its events do not tell what we must know: when a
 * heartbeat or fetch that was answered *began*, which partitions a fetch that brought nothing had asked for, and in which
 * generation we are; and its own `commitOffsets` tries again in a later generation, for partitions that we have lost by then.
 */
export class GroupSession {
  #membership: Membership | undefined;
  #coordinator: GroupBroker | undefined;
  #aliveMs = 0;
  #activeMs = Date.now();
  #cluster: Cluster | undefined;
  readonly #watched = new WeakSet<object>();

  constructor(
    readonly group: string,
    private readonly watcher: Watcher,
  ) {}

  /** The cluster as this consumer sees it. */
  get cluster(): Cluster {
    if (!this.#cluster) throw new Error('the consumer was not made');
    return this.#cluster;
  }

  get membership(): Membership | undefined {
    return this.#membership;
  }

  /** The group knew us as a member at this instant, milliseconds since 1970. */
  get aliveMs(): number {
    return this.#aliveMs;
  }

  /** When anything was last asked or answered, milliseconds since 1970. */
  get activeMs(): number {
    return this.#activeMs;
  }

  /** kafkajs shows its cluster to the assigner, when it makes a consumer. */
  watch(cluster: Cluster): void {
    this.#cluster = cluster;
    const findBroker = cluster.findBroker.bind(cluster);
    cluster.findBroker = async (node) => this.#watchBroker(await findBroker(node));
  }

  /** Makes a member that failed leave the group, which would wait for it until its session is over. */
  async dismiss(memberId: string): Promise<void> {
    const coordinator = (await this.cluster.findGroupCoordinator({ groupId: this.group })) as unknown as GroupBroker;
    // The group may have missed it already.
    await coordinator.leaveGroup({ groupId: this.group, memberId }).catch(() => undefined);
  }

  /** @throws when the group has begun another generation, or nobody answers. */
  async commit(partitions: readonly CommittedPartition[]): Promise<void> {
    if (!this.#membership || !this.#coordinator) throw new Error('not a member of the group');
    const { memberId, generationId } = this.#membership;
    await this.#coordinator.offsetCommit({
      groupId: this.group,
      memberId,
      groupGenerationId: generationId,
      topics: byTopic(partitions, ({ partition, offset, metadata }) => ({ partition, offset: String(offset), metadata })),
    });
  }

  /** What the group has committed: offset −1 where nothing. */
  async committed(partitions: readonly { readonly topic: string; readonly partition: number }[]): Promise<readonly CommittedPartition[]> {
    if (!this.#coordinator) throw new Error('not a member of the group');
    const request = { groupId: this.group, topics: byTopic(partitions, ({ partition }) => ({ partition, offset: '' })) };
    const { responses } = (await this.#coordinator.offsetFetch(request)) as OffsetFetchResponse;
    return responses.flatMap(({ topic, partitions: committed }) =>
      committed.map(({ partition, offset, metadata }) => ({ topic, partition, offset: Number(offset), metadata: metadata ?? '' })),
    );
  }

  #watchBroker(found: Broker): Broker {
    if (this.#watched.has(found)) return found;
    this.#watched.add(found);
    const broker = found as unknown as GroupBroker;
    const { fetch, heartbeat, syncGroup } = broker;
    broker.fetch = async (request) => {
      const sentMs = this.#activeNow();
      try {
        const response = await fetch.call(broker, request);
        this.#activeNow();
        this.#tellFetched(request, response, sentMs);
        return response;
      } catch (error) {
        if ((error as Error).name === 'KafkaJSOffsetOutOfRange' || isUnknownTopic(error)) this.watcher.onLogGone(error as Error);
        throw error;
      }
    };
    broker.heartbeat = async (request) => {
      const sentMs = this.#activeNow();
      const response = await heartbeat.call(broker, request);
      if (request.memberId === this.#membership?.memberId) this.#aliveMs = sentMs;
      return response;
    };
    broker.syncGroup = async (request) => {
      const sentMs = this.#activeNow();
      const response = await syncGroup.call(broker, request);
      this.#membership = { memberId: request.memberId, generationId: request.generationId };
      this.#coordinator = broker;
      this.#aliveMs = sentMs;
      return response;
    };
    return found;
  }

  #activeNow(): number {
    this.#activeMs = Date.now();
    return this.#activeMs;
  }

  #tellFetched(request: FetchRequest, response: FetchResponse, sentMs: number): void {
    for (const { topicName: topic, partitions } of response.responses) {
      for (const { partition, highWatermark } of partitions) {
        const fetchOffset = fetchOffsetOf(request, topic, partition);
        if (fetchOffset === undefined) continue;
        this.watcher.onFetched({ topic, partition, fetchOffset, highWatermark: Number(highWatermark), sentMs });
      }
    }
  }
}

function fetchOffsetOf({ topics }: FetchRequest, topic: string, partition: number): number | undefined {
  for (const asked of topics) {
    const found = asked.topic === topic ? asked.partitions.find((one) => one.partition === partition) : undefined;
    if (found) return Number(found.fetchOffset);
  }
  return undefined;
}

function byTopic<T extends { readonly topic: string }, P>(items: readonly T[], of: (item: T) => P): { topic: string; partitions: P[] }[] {
  const topics = Map.groupBy(items, ({ topic }) => topic);
  return [...topics].map(([topic, its]) => ({ topic, partitions: its.map(of) }));
}

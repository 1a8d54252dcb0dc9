import type { IncomingMessage, StreamConsumer, Subscription, TopicPartition } from '@marathon/core';
import { Assignment } from './assignment.js';
import type { ConsumerGroup, GroupMember } from './consumer-group.js';
import type { Partition } from './partition.js';
import type { Surroundings } from './surroundings.js';

/** At most so many messages of one partition in one call of `onMessages`; the next ones come a turn of the event loop later. */
const messagesPerTurnMax = 1_000;

/** Gets, in one call for each turn of the event loop, what came for its partitions meanwhile. */
export class InProcessConsumer implements StreamConsumer, GroupMember {
  readonly topics: readonly string[];
  readonly #held = new Map<string, Assignment>();
  #isMember = false;
  #isScheduled = false;

  constructor(
    readonly subscription: Subscription,
    readonly group: ConsumerGroup,
    readonly surroundings: Surroundings,
  ) {
    this.topics = subscription.topics;
  }

  async start(): Promise<void> {
    if (this.#isMember) return;
    this.#isMember = true;
    this.surroundings.readers.add(this);
    await this.surroundings.scope(() => this.group.join(this));
  }

  /** Gives its partitions away, `onRevoked` included, and waits for that. Not to be awaited within `onRevoked`. */
  async stop(): Promise<void> {
    this.#isMember = false;
    this.surroundings.readers.delete(this);
    await this.surroundings.scope(() => this.group.leave(this));
  }

  done(messages: readonly IncomingMessage[]): void {
    this.surroundings.scope(() => {
      for (const message of messages) this.#assignmentOf(message)?.finish(message.offset);
    });
  }

  letGo(messages: readonly IncomingMessage[]): void {
    for (const message of messages) this.#assignmentOf(message)?.letGo(message.offset);
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#assignmentOf(partition)?.pause();
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.surroundings.scope(() => {
      for (const partition of partitions) this.#assignmentOf(partition)?.resume();
    });
  }

  caughtUpTo(partition: TopicPartition): number {
    const { scope, nowMs } = this.surroundings;
    return this.#assignmentOf(partition)?.caughtUpTo(scope(nowMs)) ?? 0;
  }

  /** Nobody can give partitions of this process away unnoticed. */
  sessionIsFresh(): boolean {
    return this.#isMember;
  }

  /** Tells the subscriber; messages follow when it is ready for them. */
  assign(partitions: readonly Partition[]): void {
    const assignments = partitions.map((partition) => new Assignment(partition, partition.queueOf(this.group.name), this.#schedule));
    for (const assignment of assignments) this.#held.set(keyOf(assignment), assignment);
    void surfacing(async () => {
      await this.subscription.onAssigned(partitions.map(toTopicPartition));
      for (const assignment of assignments) assignment.begin();
    });
  }

  /** No message follows; the subscriber may still finish some until its handler is through. */
  async revoke(partitions: readonly Partition[]): Promise<void> {
    for (const partition of partitions) this.#assignmentOf(partition)?.end();
    await surfacing(() => this.subscription.onRevoked(partitions.map(toTopicPartition)));
    for (const partition of partitions) this.#held.delete(keyOf(partition));
  }

  readonly #schedule = (): void => {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#deliver);
  };

  readonly #deliver = (): void => {
    this.#isScheduled = false;
    const { disorder } = this.surroundings;
    const batch: IncomingMessage[] = [];
    let isMoreWaiting = false;
    for (const assignment of disorder ? disorder.shuffled([...this.#held.values()]) : this.#held.values()) {
      if (!assignment.canTake) continue;
      if (!disorder?.holdsBack()) assignment.take(messagesPerTurnMax, batch);
      isMoreWaiting ||= assignment.canTake;
    }
    if (isMoreWaiting) this.#schedule();
    if (batch.length === 0) return;
    this.subscription.onMessages(batch);
    if (disorder?.movesPartition()) this.group.move(disorder.oneOf(batch));
  };

  #assignmentOf(partition: TopicPartition): Assignment | undefined {
    return this.#held.get(keyOf(partition));
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${partition} ${topic}`;
const toTopicPartition = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition });

/** A handler that rejects is a defect of the subscriber: it surfaces as an uncaught exception, and the group goes on. */
async function surfacing(handler: () => Promise<void>): Promise<void> {
  try {
    await handler();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}

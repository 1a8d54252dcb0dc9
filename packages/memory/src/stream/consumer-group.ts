import type { Subscription, TopicPartition } from '@marathon/core';
import { assignPartitions, type Holding, type Member } from './assign-partitions.js';
import type { Partition } from './partition.js';
import type { Topics } from './topics.js';

export interface GroupMember extends Member {
  readonly subscription: Subscription;
  /** The partitions are its own from now on. */
  assign(partitions: readonly Partition[]): void;
  /** Resolves when it has let go of them. */
  revoke(partitions: readonly Partition[]): Promise<void>;
}

type Holdings = readonly Holding<GroupMember>[];

/**
 * Shares the partitions of its topics among its consumers. Rebalances follow one another: in each, consumers give up what goes to
 * others, their handlers are awaited, what they left unfinished waits again, and only then it is another's.
 */
export class ConsumerGroup {
  #members: readonly GroupMember[] = [];
  #held: Holdings = [];
  #lastTurn: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    readonly topics: Topics,
  ) {}

  get size(): number {
    return this.#members.length;
  }

  /** What is published from now on waits for the group. */
  join(consumer: GroupMember): Promise<void> {
    this.#members = [...this.#members, consumer];
    for (const topic of consumer.topics) for (const partition of this.topics.partitions(topic)) partition.queueOf(this.name);
    return this.#inTurn(() => this.#rebalance(this.#held));
  }

  leave(consumer: GroupMember): Promise<void> {
    this.#members = this.#members.filter((member) => member !== consumer);
    return this.#inTurn(async () => {
      await this.#rebalance(this.#held);
      this.#forgetHints(consumer.topics);
    });
  }

  /**
   * Takes a partition away from its consumer as a rebalance may, who gets some of its messages all the same. It may get the
   * partition back.
   */
  move({ topic, partition }: TopicPartition): void {
    void this.#inTurn(async () => {
      const lost = this.#held.find((holding) => holding.topic === topic && holding.partition === partition);
      if (!lost) return;
      await this.#giveUp([lost]);
      const unfinished = [...(this.topics.partitions(topic)[partition]?.queueOf(this.name).unfinished() ?? [])];
      if (unfinished.length > 0) lost.member.subscription.onMessages(unfinished.slice(0, 8).map(({ message }) => message));
      await this.#rebalance(this.#held.filter((holding) => holding !== lost));
    });
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    this.#lastTurn = this.#lastTurn.then(action);
    return this.#lastTurn;
  }

  async #rebalance(held: Holdings): Promise<void> {
    const names = new Set(this.#members.flatMap((member) => member.topics));
    const partitionsOf = new Map([...names].map((topic) => [topic, this.topics.partitions(topic).length]));
    const next = assignPartitions(this.#members, partitionsOf, held);
    await this.#giveUp(without(held, next));
    this.#held = next;
    for (const [member, partitions] of this.#byMember(without(next, held))) member.assign(partitions);
  }

  async #giveUp(holdings: Holdings): Promise<void> {
    const byMember = [...this.#byMember(holdings)];
    await Promise.all(byMember.map(([member, partitions]) => member.revoke(partitions)));
    for (const [, partitions] of byMember) for (const partition of partitions) partition.queueOf(this.name).handBack();
  }

  /** Nobody waits for hints when nobody reads them. */
  #forgetHints(topics: readonly string[]): void {
    for (const topic of topics) {
      if (this.#members.some((member) => member.topics.includes(topic))) continue;
      for (const partition of this.topics.partitions(topic)) if (partition.options.isHint) partition.closeQueue(this.name);
    }
  }

  #byMember(holdings: Holdings): ReadonlyMap<GroupMember, readonly Partition[]> {
    const toPartition = ({ topic, partition }: TopicPartition) => this.topics.partitions(topic)[partition] as Partition;
    return new Map([...Map.groupBy(holdings, ({ member }) => member)].map(([member, own]) => [member, own.map(toPartition)]));
  }
}

function without(holdings: Holdings, others: Holdings): Holdings {
  const keyOf = ({ topic, partition }: TopicPartition) => `${partition} ${topic}`;
  const owners = new Map(others.map((holding) => [keyOf(holding), holding.member]));
  return holdings.filter((holding) => owners.get(keyOf(holding)) !== holding.member);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, Log, StreamConsumer, Subscription, TopicPartition } from '@marathon/core';
import type { Kafka } from 'kafkajs';
import { GroupMember } from './group-member.js';

const backoffMsMin = 250;
const backoffMsMax = 2_000;

interface Surroundings {
  readonly client: () => Kafka;
  /** Resolves when the topics exist. */
  readonly askForTopics: (topics: readonly string[]) => Promise<unknown>;
  readonly log: Log;
  readonly onStart: (consumer: KafkaConsumer) => void;
  readonly onStop: (consumer: KafkaConsumer) => void;
}

/** A member of a group that is made anew whenever it has failed for good, which kafkajs leaves a consumer at (tulios/kafkajs#1466). */
export class KafkaConsumer implements StreamConsumer {
  #member: GroupMember | undefined;
  #supervising: Promise<void> | undefined;
  #stopping = new AbortController();
  #state: 'new' | 'joined' | 'failed' = 'new';

  constructor(
    private readonly subscription: Subscription,
    private readonly surroundings: Surroundings,
  ) {}

  /** It is a member of its group, as far as it knows. */
  get isJoined(): boolean {
    return this.#state === 'joined';
  }

  /** Returns at once: partitions come when the group has given some. */
  async start(): Promise<void> {
    if (this.#supervising) return;
    this.#stopping = new AbortController();
    this.surroundings.onStart(this);
    this.#supervising = this.#supervise(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#member?.leave(), this.#supervising]);
    this.#supervising = undefined;
    this.surroundings.onStop(this);
  }

  done(messages: readonly IncomingMessage[]): void {
    this.#member?.done(messages);
  }

  letGo(messages: readonly IncomingMessage[]): void {
    this.#member?.letGo(messages);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#member?.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#member?.resume(partitions);
  }

  caughtUpTo(partition: TopicPartition): number {
    return this.#member?.caughtUpTo(partition) ?? 0;
  }

  sessionIsFresh(): boolean {
    return this.#member?.sessionIsFresh() ?? false;
  }

  async #supervise(signal: AbortSignal): Promise<void> {
    let backoffMs = backoffMsMin;
    let predecessor: string | undefined;
    while (!signal.aborted) {
      const { client } = this.surroundings;
      const member = new GroupMember(client(), this.subscription, () => {
        backoffMs = backoffMsMin;
        this.#joined();
      });
      this.#member = member;
      const failure = await member.run(this.surroundings.askForTopics(this.subscription.topics), predecessor);
      if (signal.aborted) return;
      this.#failed(failure);
      await member.leave();
      predecessor = member.memberId ?? predecessor;
      await sleep(backoffMs, undefined, { signal }).catch(() => undefined);
      backoffMs = Math.min(backoffMs * 2, backoffMsMax);
    }
  }

  #joined(): void {
    if (this.#state === 'failed')
      this.surroundings.log.info('the consumer is a member of its group again', { group: this.subscription.group });
    this.#state = 'joined';
  }

  #failed(error: Error | undefined): void {
    const before = this.#state;
    this.#state = 'failed';
    if (before === 'failed') return;
    this.surroundings.log.warn('the consumer has failed and is made anew until it succeeds', { group: this.subscription.group, error });
  }
}

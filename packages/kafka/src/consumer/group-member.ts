import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, Subscription, TopicPartition } from '@marathon/core';
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { incomingMessage } from '../incoming-message.js';
import { sessionTimeoutMs } from '../kafka-client.js';
import { surfacing } from '../surfacing.js';
import { GroupSession } from './group-session.js';
import type { OwnedPartition } from './owned-partition.js';
import { OwnedPartitions } from './owned-partitions.js';
import { Positions } from './positions.js';
import { RecordTrimmer } from './record-trimmer.js';
import { stickyAssigner } from './sticky-assigner.js';

const heartbeatIntervalMs = 500;
/** Others wait so long for a member that does not come to a rebalance. */
const rebalanceTimeoutMs = 6_000;
/** How long the broker waits for messages; a partition that is fetched again waits for that of the others. */
const fetchWaitMs = 100;
const partitionBytesMax = 4_194_304;
const commitIntervalMs = 250;
const trimIntervalMs = 60_000;
const retryMs = 200;
const findAttemptsMax = 25;
/** A consumer that was silent for so long does not come back by itself. */
const silenceMsMax = 30_000;
const leaveMsMax = 5_000;

/**
 * One kafkajs consumer, from joining the group until it fails or leaves. Its handler only enqueues: kafkajs holds back other
 * partitions and the rebalance itself while it runs. What comes for a partition that cannot take it is held, one fetch of at
 * most 4 MiB, and the partition is not fetched until then.
 */
export class GroupMember {
  readonly #session: GroupSession;
  readonly #consumer: Consumer;
  readonly #owned = new OwnedPartitions();
  readonly #positions: Positions;
  readonly #trimmer: RecordTrimmer;
  readonly #ended = Promise.withResolvers<Error | undefined>();
  /** Messages are not handed over in the async context of who resumes. */
  readonly #scope = AsyncLocalStorage.snapshot();
  #handing: IncomingMessage[] = [];
  #memberId: string | undefined;
  #revoking: Promise<unknown> = Promise.resolve();
  #consuming: Promise<void> = Promise.resolve();
  #leaving: Promise<void> | undefined;
  #isLeaving = false;

  constructor(
    client: Kafka,
    private readonly subscription: Subscription,
    private readonly onJoined: () => void,
  ) {
    this.#session = new GroupSession(subscription.group, {
      onFetched: (fetched) => this.#owned.get(fetched)?.fetched(fetched),
      onLogGone: (error) => {
        this.#positions.abandon();
        this.#ended.resolve(error);
      },
    });
    const assigner = stickyAssigner(() => ({
      owned: this.#owned.byTopic(),
      generationId: this.#session.membership?.generationId ?? -1,
    }));
    this.#consumer = client.consumer({
      groupId: subscription.group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      maxWaitTimeInMs: fetchWaitMs,
      minBytes: 1,
      maxBytesPerPartition: partitionBytesMax,
      maxBytes: 2 * partitionBytesMax,
      readUncommitted: true,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 8, restartOnFailure: async () => false },
      partitionAssigners: [
        (config) => {
          this.#session.watch(config.cluster);
          return assigner(config);
        },
      ],
    });
    this.#positions = new Positions(this.#session, this.#owned);
    this.#trimmer = new RecordTrimmer(this.#session);
  }

  /** What the group calls it, once it has joined. */
  get memberId(): string | undefined {
    return this.#memberId;
  }

  /** Resolves when it has failed, with the reason, or left. `topicsExist` creates them; `predecessor` is the member that failed before. */
  async run(topicsExist: Promise<unknown>, predecessor: string | undefined): Promise<Error | undefined> {
    const tick = setInterval(() => this.#tick(), commitIntervalMs);
    const trim = setInterval(() => void this.#trimmer.trim(this.#owned), trimIntervalMs);
    try {
      await Promise.race([topicsExist, this.#ended.promise]);
      if (!this.#isLeaving) this.#consuming = this.#consume(predecessor);
      await Promise.race([this.#consuming, this.#ended.promise]);
      return await this.#ended.promise;
    } catch (error) {
      return error as Error;
    } finally {
      clearInterval(tick);
      clearInterval(trim);
    }
  }

  /** Gives all partitions away. What is reported done until the receiver has heard of it is committed. */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    this.#isLeaving = true;
    this.#revoke([...this.#owned]);
    await this.#revoking;
    for (const owned of this.#owned) owned.release();
    await within(leaveMsMax, this.#positions.commit());
    this.#owned.clear();
    this.#ended.resolve(undefined);
    // A kafkajs consumer that is told to stop while it starts goes on.
    const started = this.#consuming.catch(() => undefined);
    await within(
      leaveMsMax,
      started.then(() => this.#consumer.disconnect()),
    );
  }

  done(messages: readonly IncomingMessage[]): void {
    for (const message of messages) this.#owned.get(message)?.progress?.finish(Number(message.offset));
  }

  letGo(messages: readonly IncomingMessage[]): void {
    for (const message of messages) this.#owned.get(message)?.progress?.letGo(Number(message.offset));
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const owned = this.#owned.get(partition);
      if (owned) owned.isPaused = true;
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const owned = this.#owned.get(partition);
      if (!owned) continue;
      owned.isPaused = false;
      this.#releaseSoon(owned);
    }
  }

  caughtUpTo(partition: TopicPartition): number {
    return this.#owned.get(partition)?.caughtUpToMs ?? 0;
  }

  sessionIsFresh(): boolean {
    return !this.#isLeaving && Date.now() - this.#session.aliveMs < sessionTimeoutMs / 2;
  }

  async #consume(predecessor: string | undefined): Promise<void> {
    const { GROUP_JOIN, REBALANCING, CRASH } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, (event) => this.#joined(event));
    // Goes out before the request to join again: the next owner finds what was done until now.
    this.#consumer.on(REBALANCING, () => void this.#positions.commit());
    this.#consumer.on(CRASH, ({ payload }) => this.#ended.resolve(payload.error));
    await this.#consumer.connect();
    if (predecessor) await this.#session.dismiss(predecessor);
    await this.#consumer.subscribe({ topics: [...this.subscription.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 16,
      eachBatch: async (payload) => this.#take(payload),
    });
  }

  #joined({ payload }: ConsumerGroupJoinEvent): void {
    // Under a new name we were away for a while, in which others may have had what we had.
    const { gained, lost, kept } = this.#owned.assign(payload.memberAssignment, payload.memberId !== this.#memberId);
    this.#memberId = payload.memberId;
    this.#revoke(lost);
    // Every rebalance moves kafkajs back to what is committed.
    for (const owned of kept) this.#seek(owned);
    for (const owned of gained) this.#fetch(owned, false);
    this.onJoined();
    if (gained.length > 0 && !this.#isLeaving) void this.#prepare(gained);
  }

  async #prepare(gained: readonly OwnedPartition[]): Promise<void> {
    await this.#revoking;
    const found = await this.#find(gained);
    if (found.length === 0) return;
    for (const owned of found) owned.isAnnounced = true;
    await surfacing(() => this.subscription.onAssigned(found.map(toTopicPartition)));
    for (const owned of found) {
      owned.ready();
      this.#release(owned);
    }
  }

  /** Learns where the group is. Gives those that are still ours. */
  async #find(gained: readonly OwnedPartition[]): Promise<readonly OwnedPartition[]> {
    for (let attempts = 1; ; attempts += 1) {
      const ours = gained.filter((owned) => this.#owned.has(owned));
      if (ours.length === 0 || this.#isLeaving) return [];
      try {
        await this.#positions.find(ours);
        break;
      } catch (error) {
        if (attempts === findAttemptsMax) this.#ended.resolve(error as Error);
        await sleep(retryMs);
      }
    }
    const found = gained.filter((owned) => this.#owned.has(owned) && !this.#isLeaving);
    for (const owned of found) {
      this.#seek(owned);
      this.#fetch(owned, true);
    }
    return found;
  }

  #revoke(lost: readonly OwnedPartition[]): void {
    const announced = lost.filter(({ isAnnounced }) => isAnnounced);
    if (announced.length === 0) return;
    for (const owned of announced) owned.isAnnounced = false;
    const revoked = surfacing(() => this.subscription.onRevoked(announced.map(toTopicPartition)));
    this.#revoking = Promise.all([this.#revoking, revoked]);
  }

  #take({ batch, resolveOffset }: EachBatchPayload): void {
    const owned = this.#owned.get(batch);
    if (!owned?.progress || this.#isLeaving) return;
    if (!owned.isFetchCurrent) return this.#seek(owned);
    const next = Number(batch.lastOffset()) + 1;
    const messages = batch.messages.filter(({ offset }) => Number(offset) >= owned.fetchNext);
    owned.advance(next);
    resolveOffset(batch.lastOffset());
    if (owned.takesMessages && !owned.held) return this.#hand(owned, messages);
    owned.held = owned.held ? [...owned.held, ...messages] : messages;
    this.#fetch(owned, false);
  }

  #releaseSoon(owned: OwnedPartition): void {
    if (owned.held) this.#scope(() => setImmediate(() => this.#release(owned)));
  }

  #release(owned: OwnedPartition): void {
    const { held } = owned;
    if (!held || !owned.takesMessages || !this.#owned.has(owned) || this.#isLeaving) return;
    owned.held = undefined;
    this.#fetch(owned, true);
    this.#hand(owned, held);
  }

  /** All that one fetch brought goes to the receiver in one call. */
  #hand(owned: OwnedPartition, messages: readonly KafkaMessage[]): void {
    const isInDoubt = !this.sessionIsFresh();
    if (this.#handing.length === 0) queueMicrotask(this.#flush);
    for (const message of messages) {
      const offset = Number(message.offset);
      const isFinished = owned.progress?.isFinished(offset);
      owned.progress?.hand(offset);
      if (!isFinished) this.#handing.push(incomingMessage(owned.topic, owned.partition, message, isInDoubt || owned.isInDoubt(offset)));
    }
    owned.handed();
  }

  readonly #flush = (): void => {
    const messages = this.#handing;
    this.#handing = [];
    if (messages.length > 0 && !this.#isLeaving) void surfacing(() => this.subscription.onMessages(messages));
  };

  #tick(): void {
    for (const owned of this.#owned) {
      owned.measure();
      this.#release(owned);
    }
    void this.#positions.commit();
    if (Date.now() - this.#session.activeMs > silenceMsMax) this.#ended.resolve(new Error('nothing was asked or answered for 30 s'));
    const { refusal } = this.#positions;
    if (refusal && Date.now() - refusal.sinceMs > silenceMsMax) this.#ended.resolve(refusal.error);
  }

  #seek({ topic, partition, progress, fetchNext }: OwnedPartition): void {
    if (progress) this.#tell(() => this.#consumer.seek({ topic, partition, offset: String(fetchNext) }));
  }

  #fetch(owned: OwnedPartition, isFetching: boolean): void {
    const place = [{ topic: owned.topic, partitions: [owned.partition] }];
    this.#tell(() => (isFetching ? this.#consumer.resume(place) : this.#consumer.pause(place)));
  }

  /** A kafkajs consumer that has crashed throws at whatever it is told, a moment before it tells that it has. */
  #tell(what: () => void): void {
    try {
      what();
    } catch (error) {
      this.#ended.resolve(error as Error);
    }
  }
}

const toTopicPartition = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition });

/** Waits no longer, and for no failure. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  await Promise.race([work.catch(() => undefined), sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
}

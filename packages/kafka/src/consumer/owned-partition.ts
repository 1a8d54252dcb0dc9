import type { TopicPartition } from '@marathon/core';
import type { KafkaMessage } from 'kafkajs';
import type { Fetched } from './group-session.js';
import { type Committed, PartitionProgress } from './partition-progress.js';

/** What the broker tells of a partition when it is gained. */
export interface Found {
  /** The first and the next offset of its log. */
  readonly logStart: number;
  readonly logEnd: number;
  /** What the group has committed; `undefined` when nobody ever had the partition. */
  readonly committed: Committed | undefined;
  /** Nobody can have begun with what the group has not finished. */
  readonly isReleased: boolean;
}

/** A partition from its assignment until it is another's. */
export class OwnedPartition implements TopicPartition {
  /** The receiver was told of it. */
  isAnnounced = false;
  /** The receiver asked for no more. */
  isPaused = false;
  /** Fetched while the receiver could not take it: one fetch at most. */
  held: readonly KafkaMessage[] | undefined;
  #isReady = false;
  #isFull = false;
  #progress: PartitionProgress | undefined;
  #fetchNext = 0;
  #fetchedFrom = -1;
  #inDoubtBelow = 0;
  #mark: Pick<Fetched, 'highWatermark' | 'sentMs'> | undefined;
  #caughtUpToMs = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  /** `undefined` until the broker has told where the group is. */
  get progress(): PartitionProgress | undefined {
    return this.#progress;
  }

  /** The next offset that kafkajs is to fetch. */
  get fetchNext(): number {
    return this.#fetchNext;
  }

  get caughtUpToMs(): number {
    return this.#isReady ? this.#caughtUpToMs : 0;
  }

  get takesMessages(): boolean {
    return this.#isReady && !this.isPaused && !this.#isFull;
  }

  /** A group that came further than the log reaches was in another log, and begins this one. */
  begin({ logStart, logEnd, committed, isReleased }: Found): void {
    const start = committed && committed.offset <= logEnd ? Math.max(committed.offset, logStart) : logStart;
    this.#progress = new PartitionProgress(start, committed);
    this.#fetchNext = start;
    this.#inDoubtBelow = committed && !isReleased ? logEnd : 0;
  }

  ready(): void {
    this.#isReady = true;
  }

  /** Somebody may have begun with a message that was there when we came. */
  isInDoubt(offset: number): boolean {
    return offset < this.#inDoubtBelow;
  }

  /** Says so with the next commit when nobody can have begun with what is unfinished. */
  release(): void {
    if (this.#progress && this.#progress.next >= this.#inDoubtBelow) this.#progress.release();
  }

  /** True when the last fetch read from where we are: a rebalance moves kafkajs elsewhere. */
  get isFetchCurrent(): boolean {
    return this.#fetchedFrom === this.#fetchNext;
  }

  fetched({ fetchOffset, highWatermark, sentMs }: Fetched): void {
    this.#fetchedFrom = fetchOffset;
    this.#mark ??= { highWatermark, sentMs };
    this.#catchUp();
  }

  /** kafkajs has given us everything below `next`. */
  advance(next: number): void {
    this.#fetchNext = next;
  }

  /** Everything that was fetched is handed over. */
  handed(): void {
    this.#progress?.passTo(this.#fetchNext);
    this.#catchUp();
  }

  /** Asks again whether the finished set has room. */
  measure(): void {
    this.#isFull = this.#progress?.isFull ?? false;
  }

  #catchUp(): void {
    if (!this.#mark || !this.#progress || this.#progress.next < this.#mark.highWatermark) return;
    this.#caughtUpToMs = this.#mark.sentMs;
    this.#mark = undefined;
  }
}

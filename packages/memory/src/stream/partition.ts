import type { IncomingMessage, OutgoingMessage, TopicPartition } from '@marathon/core';
import { Fifo } from './fifo.js';
import { GroupQueue } from './group-queue.js';
import type { Backlog, KeptMessage, Sink } from './kept-message.js';
import type { PendingPublish } from './pending-publish.js';

export interface PartitionOptions {
  readonly backlog: Backlog;
  /** The topic is a hint: what nobody reads is dropped. */
  readonly isHint: boolean;
  readonly repeats: number;
}

interface Arrival {
  readonly message: OutgoingMessage;
  readonly bytes: number;
  readonly publish: PendingPublish;
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/** One partition: gives messages their offsets and hands each to every group and tail. Keeps nothing that all of them have finished. */
export class Partition implements TopicPartition {
  readonly #queues = new Map<string, GroupQueue>();
  #sinks: readonly Sink[] = [];
  /** What came before any group did. */
  #unclaimed: GroupQueue | undefined;
  readonly #arrivals = new Fifo<Arrival>();
  #nextOffset = 0;
  #lastTimestampMs = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly options: PartitionOptions,
    readonly nowMs: () => number,
  ) {}

  get isFull(): boolean {
    for (const sink of this.#sinks) if (sink.isFull) return true;
    return this.#sinks.length === 0 && this.#unclaimed !== undefined && this.#unclaimed.isFull;
  }

  /** Takes the message now and says true, or says false when it has to wait. */
  take(message: OutgoingMessage, bytes: number): boolean {
    if (this.isFull) return false;
    this.#append(message, bytes);
    return true;
  }

  /** Takes the message as soon as there is room, after those that wait already. */
  takeLater(message: OutgoingMessage, bytes: number, publish: PendingPublish): void {
    publish.waitsForOne();
    this.#arrivals.push({ message, bytes, publish });
  }

  /** Call when there may be room: messages wait only while there is none. */
  admit(): void {
    while (this.#arrivals.length > 0 && !this.isFull) {
      const { message, bytes, publish } = this.#arrivals.shift() as Arrival;
      this.#append(message, bytes);
      publish.oneTaken();
    }
  }

  /** Nothing that waits to be taken will be. */
  refuseArrivals(): void {
    for (let arrival = this.#arrivals.shift(); arrival; arrival = this.#arrivals.shift()) arrival.publish.refuse();
  }

  /**
   * The queue of a group, from now on fed. A new one begins with all that is kept: what came before any group, or what others
   * have not finished.
   */
  queueOf(group: string): GroupQueue {
    const existing = this.#queues.get(group);
    if (existing) return existing;
    const queue = new GroupQueue(this.options.backlog, this.options.repeats, this.#kept());
    this.#unclaimed = undefined;
    this.#queues.set(group, queue);
    this.addSink(queue);
    return queue;
  }

  /** The group is gone with all it has not finished. */
  closeQueue(group: string): void {
    const queue = this.#queues.get(group);
    if (!queue) return;
    this.#queues.delete(group);
    this.removeSink(queue);
  }

  addSink(sink: Sink): void {
    this.#sinks = [...this.#sinks, sink];
    this.admit();
  }

  removeSink(sink: Sink): void {
    this.#sinks = this.#sinks.filter((other) => other !== sink);
    this.admit();
  }

  #kept(): readonly KeptMessage[] {
    const byOffset = new Map<number, KeptMessage>();
    for (const queue of [this.#unclaimed, ...this.#queues.values()]) {
      for (const kept of queue?.unfinished() ?? [])
        byOffset.set(kept.offset, { ...kept, message: { ...kept.message, redelivered: false } });
    }
    return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
  }

  #append(message: OutgoingMessage, bytes: number): void {
    const kept = { offset: this.#nextOffset, bytes, message: this.#stamped(message) };
    this.#nextOffset += 1;
    if (this.#sinks.length > 0) {
      for (const sink of this.#sinks) sink.push(kept);
    } else if (!this.options.isHint) {
      this.#unclaimed ??= new GroupQueue(this.options.backlog, 0, []);
      this.#unclaimed.push(kept);
    }
  }

  #stamped({ key, value, headers }: OutgoingMessage): IncomingMessage {
    this.#lastTimestampMs = Math.max(this.#lastTimestampMs, this.nowMs());
    return {
      topic: this.topic,
      partition: this.partition,
      offset: String(this.#nextOffset),
      key,
      value,
      headers: headers ?? noHeaders,
      timestampMs: this.#lastTimestampMs,
      redelivered: false,
    };
  }
}

import type { IncomingMessage, StreamConsumer, TaskMessage, TopicPartition } from '@marathon/core';

/** A task as it came off the stream. */
export class Task {
  readonly message: TaskMessage;
  readonly #incoming: IncomingMessage;
  readonly #consumer: StreamConsumer;

  constructor(message: TaskMessage, incoming: IncomingMessage, consumer: StreamConsumer) {
    this.message = message;
    this.#incoming = incoming;
    this.#consumer = consumer;
  }

  /** Another worker may have begun it. */
  get isRedelivered(): boolean {
    return this.#incoming.redelivered || this.message.redelivered === true;
  }

  /** In characters. */
  get size(): number {
    return this.#incoming.value.length;
  }

  isFrom(partitions: readonly TopicPartition[]): boolean {
    return partitions.some(({ topic, partition }) => partition === this.#incoming.partition && topic === this.#incoming.topic);
  }

  /** It was not begun and will not be: whoever gets it next need not ask. */
  letGo(): void {
    this.#consumer.letGo([this.#incoming]);
  }

  /** The stream may forget it. */
  done(): void {
    this.#consumer.done([this.#incoming]);
  }
}

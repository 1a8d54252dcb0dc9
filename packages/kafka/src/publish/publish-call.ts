import { type OutgoingMessage, StreamPublishError } from '@marathon/core';

/** One call of `publish`: its messages may travel in several flights, and it ends with the last of them. */
export class PublishCall {
  readonly #ended = Promise.withResolvers<void>();
  readonly #tooLarge: OutgoingMessage[] = [];
  #flights = 0;
  #failure: unknown;

  constructor(readonly messages: readonly OutgoingMessage[]) {}

  /** @throws StreamPublishError */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get tooLarge(): readonly OutgoingMessage[] {
    return this.#tooLarge;
  }

  refuse(message: OutgoingMessage): void {
    if (!this.#tooLarge.includes(message)) this.#tooLarge.push(message);
  }

  board(): void {
    this.#flights += 1;
  }

  /** One of its flights has ended, for the failure given or well. */
  land(failure?: unknown): void {
    this.#failure ??= failure;
    this.#flights -= 1;
    if (this.#flights === 0) this.end();
  }

  /** Once every message is aboard or refused. */
  end(): void {
    if (this.#failure !== undefined) {
      this.#ended.reject(new StreamPublishError('Kafka did not take all messages', this.#tooLarge, { cause: this.#failure }));
    } else if (this.#tooLarge.length > 0) {
      this.#ended.reject(new StreamPublishError(`${this.#tooLarge.length} messages are larger than Kafka takes them`, this.#tooLarge));
    } else {
      this.#ended.resolve();
    }
  }
}

import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { KafkaStream } from './kafka-stream.js';
import type { KafkaStreamOptions } from './kafka-stream.options.js';

type ConnectionStatus = 'connected' | 'disconnected';
type ConnectionEvents = Record<ConnectionStatus, () => void>;

/**
 * Lets a Nest application own the stream: `connectMicroservice({ strategy })` starts and stops it with the application. Batches go
 * to who subscribes `stream`, and never through pipes, interceptors and RxJS; so message patterns are refused.
 */
export class KafkaTransport extends Server<ConnectionEvents, ConnectionStatus> implements CustomTransportStrategy {
  readonly stream: KafkaStream;
  readonly #listeners: { [Status in ConnectionStatus]: (() => void)[] } = { connected: [], disconnected: [] };

  constructor(options: KafkaStreamOptions) {
    super();
    this.stream = new KafkaStream(options, (isUp) => this.#changed(isUp ? 'connected' : 'disconnected'));
  }

  /** @throws Error when the application has handlers of message patterns, which would never be called. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    if (this.messageHandlers.size > 0) {
      throw new Error(`subscribe to the stream instead of these message patterns: ${[...this.messageHandlers.keys()].join(', ')}`);
    }
    await this.stream.start();
    callback();
  }

  close(): Promise<void> {
    return this.stream.stop();
  }

  override on<Status extends keyof ConnectionEvents, Callback extends ConnectionEvents[Status]>(status: Status, callback: Callback): void {
    this.#listeners[status].push(callback);
  }

  override unwrap<T>(): T {
    return this.stream as T;
  }

  #changed(status: ConnectionStatus): void {
    this._status$.next(status);
    for (const listener of this.#listeners[status]) listener();
  }
}

import {
  isReference,
  type Message,
  type MessagePublisher,
  type OutgoingMessage,
  type Secrets,
  type Stream,
  StreamPublishError,
} from '@marathon/core';
import { encodeMessage, encodeTask } from '@marathon/protocol';
import { ActivityTokens } from './activity-tokens.js';
import { PayloadAddresses } from './payload-addresses.js';

/** What is said to activity workers beside their tasks. */
export interface WorkerAccess {
  readonly secrets: Secrets;
  /** Where workers reach a gateway: `http://gateway:8080`. */
  gatewayUrl(): string | undefined;
}

/** How long an input may be read: a task that waited longer is handed back, and comes with another address. */
const readableForMs = 3_600_000;

/** Writes messages in their wire format and hands them to the stream; with access, tasks of activities get keys for tokens, and addresses. */
export class StreamMessagePublisher implements MessagePublisher {
  readonly #stream: Stream;
  readonly #access: WorkerAccess | undefined;
  #tokens: ActivityTokens | undefined;
  #addresses: PayloadAddresses | undefined;

  constructor(stream: Stream, access?: WorkerAccess) {
    this.#stream = stream;
    this.#access = access;
  }

  /** @throws also what `Secrets.read` throws, until it has succeeded once. */
  async publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }> {
    if (this.#access && !this.#addresses) {
      this.#tokens = await ActivityTokens.load(this.#access.secrets);
      this.#addresses = await PayloadAddresses.load(this.#access.secrets);
    }
    const outgoing = messages.map((message) => this.#encode(message));
    const tooLarge = await this.#publishWhatFits(outgoing);
    return { tooLarge: tooLarge.size === 0 ? [] : messages.filter((_, index) => tooLarge.has(outgoing[index] as OutgoingMessage)) };
  }

  #encode(message: Message): OutgoingMessage {
    if (message.kind !== 'activity-task' || !this.#tokens) return encodeMessage(message);
    const gatewayUrl = this.#access?.gatewayUrl();
    const tokenKey = this.#tokens.keyOf(message.taskQueue);
    if (gatewayUrl === undefined) return encodeTask(message, { tokenKey });
    if (!isReference(message.input)) return encodeTask(message, { tokenKey, gatewayUrl });
    const inputAddress = `${gatewayUrl}${this.#addresses?.issue(message.input, Date.now() + readableForMs)}`;
    return encodeTask({ ...message, inputAddress }, { tokenKey, gatewayUrl });
  }

  /** What the refused call took of the rest is sent twice, which every receiver bears. */
  async #publishWhatFits(messages: readonly OutgoingMessage[]): Promise<ReadonlySet<OutgoingMessage>> {
    const tooLarge = new Set<OutgoingMessage>();
    let fitting = messages;
    while (fitting.length > 0) {
      try {
        await this.#stream.publish(fitting);
        return tooLarge;
      } catch (error) {
        if (!(error instanceof StreamPublishError) || error.tooLarge.length === 0) throw error;
        for (const message of error.tooLarge) tooLarge.add(message);
        fitting = fitting.filter((message) => !tooLarge.has(message));
      }
    }
    return tooLarge;
  }
}

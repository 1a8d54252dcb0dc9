import { type Message, type MessagePublisher, type OutgoingMessage, type Secrets, type Stream, StreamPublishError } from '@marathon/core';
import { encodeMessage } from '@marathon/protocol';
import { ActivityTokens } from './activity-tokens.js';

/** Writes messages in their wire format and hands them to the stream; with secrets, tasks of activities get their tokens. */
export class StreamMessagePublisher implements MessagePublisher {
  readonly #stream: Stream;
  readonly #secrets: Secrets | undefined;
  #tokens: ActivityTokens | undefined;

  constructor(stream: Stream, secrets?: Secrets) {
    this.#stream = stream;
    this.#secrets = secrets;
  }

  /** @throws also what `Secrets.read` throws, until it has succeeded once. */
  async publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }> {
    if (this.#secrets && !this.#tokens) this.#tokens = await ActivityTokens.load(this.#secrets);
    const tokens = this.#tokens;
    const outgoing = messages.map((message) =>
      encodeMessage(tokens && message.kind === 'activity-task' ? { ...message, token: tokens.issue(message) } : message),
    );
    const tooLarge = await this.#publishWhatFits(outgoing);
    return { tooLarge: tooLarge.size === 0 ? [] : messages.filter((_, index) => tooLarge.has(outgoing[index] as OutgoingMessage)) };
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

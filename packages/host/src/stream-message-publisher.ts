import { type Message, type MessagePublisher, type OutgoingMessage, type Stream, StreamPublishError } from '@marathon/core';
import { encodeMessage } from '@marathon/protocol';

/** Writes messages in their wire format and hands them to the stream. */
export class StreamMessagePublisher implements MessagePublisher {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  async publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }> {
    const outgoing = messages.map(encodeMessage);
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

import type { Message } from '../messages/message.js';

/** Sends messages over the stream in their wire format. */
export interface MessagePublisher {
  /**
   * Resolves when the stream has taken all that can be taken; messages that can never be (too large) are returned, so that
   * their own run fails and nobody else's.
   * @throws MarathonError (retryable) when the stream cannot be reached.
   */
  publish(messages: readonly Message[]): Promise<{ readonly tooLarge: readonly Message[] }>;
}

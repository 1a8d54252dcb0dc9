import type { Message } from '../messages/message.js';
import { refersElsewhere } from '../messages/refers-elsewhere.js';
import { slim } from '../messages/slim.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';

/**
 * Publishes messages, and those that are too large for the stream without what made them so.
 * @param onUnsendable is told of those that can never be sent, for their receiver could not read it elsewhere.
 * @throws as the publisher does.
 */
export async function publishSlimmed(
  publisher: MessagePublisher,
  messages: readonly Message[],
  onUnsendable: (message: Message) => void = () => {},
): Promise<void> {
  if (messages.length === 0) return;
  const { tooLarge } = await publisher.publish(
    messages.map((message) => (refersElsewhere(message) ? (slim(message) ?? message) : message)),
  );
  const slimmed: Message[] = [];
  for (const message of tooLarge) {
    const smaller = slim(message);
    if (smaller) slimmed.push(smaller);
    else onUnsendable(message);
  }
  await publishSlimmed(publisher, slimmed, onUnsendable);
}

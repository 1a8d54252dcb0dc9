import type { Shard, ShardId } from '../ids.js';
import type { ShardMessage } from '../messages/message.js';
import { slim } from '../messages/slim.js';
import type { MessagePublisher } from '../ports/message-publisher.port.js';
import type { Counts } from './counts.js';
import type { RunWork } from './run-work.js';

/**
 * Sends messages on that came to another shard than their run's: a client may hash keys in a way of its own. Once for each, so
 * that owners who disagree do not pass it to and fro for ever.
 */
export class Forwarder {
  constructor(
    private readonly publisher: MessagePublisher,
    private readonly shardOf: (id: ShardId) => Promise<Shard | undefined>,
    private readonly counts: Counts,
  ) {}

  /** Resolves when the stream has taken them: they are finished here then. @throws as the publisher does. */
  async forward(works: readonly RunWork[]): Promise<void> {
    const messages: ShardMessage[] = [];
    for (const { foreignShard, deliveries } of works) {
      if (foreignShard === undefined) continue;
      const to = await this.shardOf(foreignShard);
      for (const { message } of deliveries) {
        if (to && !message.forwarded) messages.push({ ...message, to, forwarded: true });
        else this.counts.add('forwardedInVain');
      }
    }
    if (messages.length === 0) return;
    const { tooLarge } = await this.publisher.publish(messages);
    if (tooLarge.length > 0) await this.publisher.publish(tooLarge.flatMap((message) => slim(message) ?? []));
    this.counts.add('forwarded', messages.length);
  }
}

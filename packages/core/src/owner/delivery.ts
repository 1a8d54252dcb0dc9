import type { ShardId } from '../ids.js';
import type { ShardMessage } from '../messages/message.js';

/** A message for a shard, and how to say that it is finished: what it caused is committed. */
export interface Delivery {
  readonly shard: ShardId;
  readonly message: ShardMessage;
  /** Its size on the wire, for bounds. */
  readonly bytes: number;
  /** As `IncomingMessage.redelivered`: a start is then read, rather than begun afresh. */
  readonly redelivered?: boolean;
  done(): void;
}

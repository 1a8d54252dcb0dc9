import type { IncomingMessage, Message, OutgoingMessage } from '@marathon/core';
import type { z } from 'zod';

/** Where a message came from: it says whom the message is to. */
export type Origin = Pick<IncomingMessage, 'topic' | 'partition'>;

/** How one version of one message type is written and read. */
export interface Codec<M extends Message = Message, Schema extends z.ZodType = z.ZodType> {
  readonly type: M['kind'];
  readonly version: number;
  /** Of the value on the wire. Fields it does not name are ignored, so that a newer sender may add some. */
  readonly schema: Schema;
  encode(message: M): OutgoingMessage;
  /** @throws OriginError when such a message cannot come from this topic. */
  decode(wire: z.output<Schema>, origin: Origin): M;
}

/** The topic's name does not say what the message needs to know, such as a task queue. */
export class OriginError extends Error {}

import type { IncomingMessage, OutgoingMessage } from '@marathon/core';

/** A message as a partition keeps it, one object for all who wait for it. */
export interface KeptMessage {
  readonly offset: number;
  readonly bytes: number;
  readonly message: IncomingMessage;
}

/** What a queue may hold: at either number it is full, and `publish` waits. */
export interface Backlog {
  readonly messagesMax: number;
  readonly bytesMax: number;
}

/** Who wants the messages of a partition: a group's queue or a tail. */
export interface Sink {
  readonly isFull: boolean;
  push(kept: KeptMessage): void;
}

/** Key, value and headers as UTF-8. */
export function sizeOf(message: OutgoingMessage): number {
  let bytes = Buffer.byteLength(message.value) + Buffer.byteLength(message.key);
  if (message.headers)
    for (const name in message.headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(message.headers[name] as string);
  return bytes;
}

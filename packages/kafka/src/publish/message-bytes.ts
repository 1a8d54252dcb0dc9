import type { OutgoingMessage } from '@marathon/core';

/** What a record costs besides its key, value and headers, at most: lengths, offset, time. */
const recordOverheadBytes = 32;
const headerOverheadBytes = 8;

/** The size of a message as a record, a little more rather than less. */
export function bytesOf({ key, value, headers }: OutgoingMessage): number {
  let bytes = recordOverheadBytes + Buffer.byteLength(key) + Buffer.byteLength(value);
  if (headers) {
    for (const name in headers) bytes += headerOverheadBytes + Buffer.byteLength(name) + Buffer.byteLength(headers[name] as string);
  }
  return bytes;
}

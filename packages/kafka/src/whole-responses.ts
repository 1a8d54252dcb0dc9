import type { Socket } from 'node:net';

const lengthBytes = 4;
/** More than any response that we ask for. */
const responseBytesMax = 104_857_600;

/**
 * Makes a socket give its `data` in whole responses of Kafka's protocol. kafkajs keeps the piece of a response that a lost connection
 * has left, and takes what the next connection brings for the rest of it; and what it throws at that would end the process. So it
 * gets whole responses only, and what it throws ends the connection.
 */
export function givingWholeResponses<S extends Socket>(socket: S): S {
  const on = socket.on.bind(socket) as (event: string, listener: (...args: never[]) => void) => S;
  const onWhole = (event: string, listener: (...args: never[]) => void): S =>
    on(event, event === 'data' ? wholeResponses(listener as (response: Buffer) => void, (error) => socket.destroy(error)) : listener);
  return Object.assign(socket, { on: onWhole });
}

/** Takes pieces as the network makes them, and gives responses: a length of four bytes, and as many bytes. */
export function wholeResponses(give: (response: Buffer) => void, fail: (error: Error) => void): (piece: Buffer) => void {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let wanted = lengthBytes;
  return (piece) => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < wanted) return;
    try {
      let rest = pieces.length === 1 ? piece : Buffer.concat(pieces, bytes);
      for (wanted = responseLength(rest); rest.length >= wanted; wanted = responseLength(rest)) {
        give(rest.subarray(0, wanted));
        rest = rest.subarray(wanted);
      }
      pieces = rest.length === 0 ? [] : [rest];
      bytes = rest.length;
    } catch (error) {
      fail(error as Error);
    }
  };
}

/** How long the response is that begins here, its length included; of one whose length has not come yet, that. */
function responseLength(bytes: Buffer): number {
  if (bytes.length < lengthBytes) return lengthBytes;
  const length = bytes.readInt32BE();
  if (length < 0 || length > responseBytesMax) throw new RangeError(`a response of ${length} bytes is none of Kafka's`);
  return lengthBytes + length;
}

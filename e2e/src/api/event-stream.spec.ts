import { describe, expect, it } from '@jest/globals';
import { readEventStream } from './event-stream.js';

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe('readEventStream', () => {
  const text = 'retry: 1000\n\nid: 1\nevent: Started\ndata: {"name":"ü:🦊"}\n\n: keep-alive\n\nid: 2\ndata: a\ndata: b\n\nid: 3\ndata: cut';

  it.each([1, 7, 1_000])('reads events that come in chunks of %d bytes, and leaves out what is not complete', async (size) => {
    const events: unknown[] = [];
    for await (const event of readEventStream(inChunks(text, size))) events.push(event);
    expect(events).toEqual([
      { id: '1', event: 'Started', data: '{"name":"ü:🦊"}' },
      { id: '2', event: 'message', data: 'a\nb' },
    ]);
  });
});

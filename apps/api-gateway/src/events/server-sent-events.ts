import type { HistoryEvent } from '@marathon/core';
import { type AddressOf, writeHistoryEntry } from '../reads/history-entry.js';

/** Every third silence of 5 s is broken, so that nobody between us takes the connection for dead. */
const silencesPerComment = 3;

/** A run's events as the text of an event stream (`text/event-stream`). */
export async function* serverSentEvents(
  events: AsyncIterable<HistoryEvent | undefined>,
  addressOf: AddressOf,
): AsyncGenerator<string, void> {
  yield 'retry: 1000\n\n';
  let silences = 0;
  for await (const event of events) {
    silences = event ? 0 : silences + 1;
    if (event) yield `id: ${event.seq}\nevent: ${event.type}\ndata: ${writeHistoryEntry(event, addressOf)}\n\n`;
    else if (silences % silencesPerComment === 0) yield ': keep-alive\n\n';
  }
}

import type { HistoryEvent } from '../history/event.js';
import { outOfLineBytes } from '../payload-reference.js';
import { PayloadMissingError, type PayloadStore } from '../ports/payload-store.port.js';
import { inlined, referencesOf } from '../run/out-of-line.js';

/** How much of what stands beside a history is read at a time. */
const bytesAtOnce = 64 * 1024 * 1024;

/**
 * What a replay feeds, in pieces: each with the payloads that its events refer to, so that not all of them are in memory at once. A
 * history that refers to nothing is one piece.
 * @throws PayloadMissingError when there is no such payload, or no place to read it from.
 */
export async function* pieces<Feed extends { readonly input: HistoryEvent }>(
  feeds: readonly Feed[],
  payloads: Pick<PayloadStore, 'read'> | undefined,
): AsyncGenerator<readonly Feed[]> {
  if (feeds.every(({ input }) => referencesOf(input).length === 0)) return yield feeds;
  let piece: Feed[] = [];
  let bytes = 0;
  for (const feed of feeds) {
    const size = referencesOf(feed.input).reduce((sum, reference) => sum + outOfLineBytes(reference), 0);
    if (size > 0 && bytes + size > bytesAtOnce && piece.length > 0) {
      yield await withTexts(piece, payloads);
      piece = [];
      bytes = 0;
    }
    piece.push(feed);
    bytes += size;
  }
  yield await withTexts(piece, payloads);
}

async function withTexts<Feed extends { readonly input: HistoryEvent }>(
  feeds: readonly Feed[],
  payloads: Pick<PayloadStore, 'read'> | undefined,
): Promise<readonly Feed[]> {
  const references = [...new Set(feeds.flatMap(({ input }) => referencesOf(input)))];
  const [first] = references;
  if (!first) return feeds;
  if (!payloads) throw new PayloadMissingError(first);
  const texts = await payloads.read(references);
  return feeds.map((feed) => ({ ...feed, input: inlined(feed.input, (reference) => texts.get(reference)) }));
}

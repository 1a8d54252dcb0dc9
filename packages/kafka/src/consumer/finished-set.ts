import { OffsetRanges } from './offset-ranges.js';

/** Kafka refuses metadata beyond this, `offset.metadata.max.bytes`. */
export const metadataBytesMax = 4_096;

/** Tells our metadata from that of other clients, and one encoding from the next. */
const prefix = 'f1:';
/** The same, and nobody can have begun with what is unfinished: whoever commits that has stopped in order. */
const releasedPrefix = 'r1:';
const pattern = /^[fr]1:([A-Za-z0-9_-]*)$/;

/**
 * What is finished above a committed offset, as that commit's metadata: `f1:` and base64url of LEB128 numbers, two for each range:
 * how many offsets are unfinished before it (counted from the committed offset or from the range before) and how many it has.
 * The empty set is the empty text. Ranges that do not fit are left out: their messages are delivered again.
 */
export function encodeFinished(ranges: Iterable<readonly [start: number, end: number]>, committed: number): string {
  const bytes: number[] = [];
  const bytesMax = Math.floor(((metadataBytesMax - prefix.length) * 3) / 4);
  let at = committed;
  for (const [start, end] of ranges) {
    const fitting = bytes.length;
    writeNumber(bytes, start - at);
    writeNumber(bytes, end - start);
    if (bytes.length > bytesMax) {
      bytes.length = fitting;
      break;
    }
    at = end;
  }
  return bytes.length === 0 ? '' : prefix + Buffer.from(bytes).toString('base64url');
}

/** `metadata`, and the word of whoever commits it that nobody can have begun with what is unfinished. */
export const released = (metadata: string): string => releasedPrefix + metadata.slice(prefix.length);

export const isReleased = (metadata: string): boolean => metadata.startsWith(releasedPrefix);

/** `metadata` without that word: somebody is about to begin. */
export function taken(metadata: string): string {
  if (!isReleased(metadata)) return metadata;
  return metadata === releasedPrefix ? '' : prefix + metadata.slice(releasedPrefix.length);
}

/** Metadata that another client wrote names nothing that is finished. */
export function decodeFinished(metadata: string | null | undefined, committed: number): OffsetRanges {
  const ranges = new OffsetRanges();
  const encoded = pattern.exec(metadata ?? '')?.[1];
  if (!encoded) return ranges;
  const numbers = readNumbers(Buffer.from(encoded, 'base64url'));
  let at = committed;
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const start = at + (numbers[i] as number);
    at = start + (numbers[i + 1] as number);
    ranges.add(start, at);
  }
  return ranges;
}

function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}

function readNumbers(bytes: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  for (const byte of bytes) {
    value += (byte & 127) * weight;
    weight *= 128;
    if (byte & 128) continue;
    numbers.push(value);
    value = 0;
    weight = 1;
  }
  return numbers;
}

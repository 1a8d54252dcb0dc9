import { type Payload, recordedPayload } from '../payload.js';
import type { ItemEvent } from '../run/item-event.js';
import { eventCodes, eventType } from './event-codes.js';

/**
 * A page of what a run's open maps have beside its history, numbered upwards within the run: items, or what happened to some of them
 * at one instant. They are gone when their map is over.
 */
export interface MapRecord {
  readonly n: number;
  readonly mapSeq: number;
  readonly at: number;
  /** Those that follow the items of the pages before. */
  readonly items?: readonly (Payload | undefined)[];
  readonly changes?: readonly ItemEvent[];
}

/** A record as columns. */
export interface MapRecordRow {
  readonly n: number;
  readonly mapSeq: number;
  readonly at: number;
  readonly data: string;
}

/** Payloads are texts in it: they come back as they were. */
type Data = { readonly items: readonly (string | null)[] } | { readonly changes: readonly Change[] };
type Change = readonly [code: number, data: object, payload?: string];

const toTuple = ({ type, data, payload }: ItemEvent): Change =>
  payload === undefined ? [eventCodes[type], data] : [eventCodes[type], data, payload];

export function toMapRecordRow({ n, mapSeq, at, items, changes = [] }: MapRecord): MapRecordRow {
  const data: Data = items ? { items: items.map((item) => item ?? null) } : { changes: changes.map(toTuple) };
  return { n, mapSeq, at, data: JSON.stringify(data) };
}

/** @throws RangeError for an event type that this build does not know. */
export function fromMapRecordRow({ n, mapSeq, at, data }: MapRecordRow): MapRecord {
  const read = JSON.parse(data) as Data;
  if ('items' in read) return { n, mapSeq, at, items: read.items.map((item) => (item === null ? undefined : recordedPayload(item))) };
  const changes = read.changes.map(
    ([code, of, payload]) =>
      ({ type: eventType(code), data: of, ...(payload !== undefined && { payload: recordedPayload(payload) }) }) as ItemEvent,
  );
  return { n, mapSeq, at, changes };
}

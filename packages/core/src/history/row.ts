import { recordedPayload } from '../payload.js';
import type { HistoryEvent } from './event.js';
import { eventCodes, eventType } from './event-codes.js';

/** An event as columns: `data` is the JSON text of its data, `undefined` where there is none to write. */
export interface EventRow {
  readonly seq: number;
  readonly type: number;
  readonly at: number;
  readonly data: string | null;
  readonly payload: string | null;
}

export function toEventRow(event: HistoryEvent): EventRow {
  const data = JSON.stringify(event.data);
  return { seq: event.seq, type: eventCodes[event.type], at: event.at, data: data === '{}' ? null : data, payload: event.payload ?? null };
}

/** @throws RangeError for an event type that this build does not know. */
export function fromEventRow(row: EventRow): HistoryEvent {
  const event = { seq: row.seq, type: eventType(row.type), at: row.at, data: row.data === null ? {} : JSON.parse(row.data) };
  return (row.payload === null ? event : { ...event, payload: recordedPayload(row.payload) }) as HistoryEvent;
}

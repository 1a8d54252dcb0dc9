import { type EventType, eventCodes, type Failure, type HistoryEvent, type Payload } from '@marathon/core';
import { z } from 'zod';
import { readFailure, type WireFailure, writeFailure } from './failure.js';
import { instantField, jsonObjectField, ordinalField, payloadField } from './fields.js';
import { payloadMember, withMember } from './json-text.js';

export const historyEventField = z.object({
  seq: ordinalField,
  type: z.enum(Object.keys(eventCodes) as [EventType, ...EventType[]]),
  at: instantField,
  data: jsonObjectField.describe('What there is to say about such an event; payloads within it are plain JSON.'),
  payload: payloadField.describe('The input, result or signal that the event carries.'),
});

export type WireHistoryEvent = z.output<typeof historyEventField>;

export function writeHistoryEvent({ seq, type, at, data, payload }: HistoryEvent): string {
  return withMember(`{"seq":${seq},"type":"${type}","at":${at},"data":${writeEventData(data)}}`, 'payload', payload);
}

export function readHistoryEvent({ seq, type, at, data, payload }: WireHistoryEvent): HistoryEvent {
  return { seq, type, at, data: readData(data), ...payloadMember('payload', payload) } as HistoryEvent;
}

type WireSignal = { readonly name: string; readonly payload?: unknown };
type Signal = { readonly name: string; readonly payload?: Payload };

/** The members of event data in which payloads hide. */
type NestedPayloads = { readonly failure?: Failure; readonly lastFailure?: Failure; readonly signals?: readonly Signal[] };
type WireNestedPayloads = { readonly failure?: WireFailure; readonly lastFailure?: WireFailure; readonly signals?: readonly WireSignal[] };

/** The text of an event's data, with the payloads that hide in it as plain JSON. */
export function writeEventData(data: HistoryEvent['data'] & NestedPayloads): string {
  const { failure, lastFailure, signals, ...plain } = data;
  let text = JSON.stringify(plain);
  text = withMember(text, 'failure', failure && writeFailure(failure));
  text = withMember(text, 'lastFailure', lastFailure && writeFailure(lastFailure));
  return withMember(text, 'signals', signals && `[${signals.map(writeSignal).join()}]`);
}

function readData(data: Readonly<Record<string, unknown>> & WireNestedPayloads): object {
  const { failure, lastFailure, signals } = data;
  if (!failure && !lastFailure && !signals) return data;
  return {
    ...data,
    ...(failure && { failure: readFailure(failure) }),
    ...(lastFailure && { lastFailure: readFailure(lastFailure) }),
    ...(signals && { signals: signals.map(({ name, payload }) => ({ name, ...payloadMember('payload', payload) })) }),
  };
}

const writeSignal = ({ payload, ...plain }: Signal): string => withMember(JSON.stringify(plain), 'payload', payload);

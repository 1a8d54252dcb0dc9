import type { Payload } from '../payload.js';
import { inlineCharsMax, isReference, type PayloadReference } from '../payload-reference.js';
import { PayloadMissingError, type PayloadStore } from '../ports/payload-store.port.js';
import type { NewEvent } from './new-event.js';

// What is too large for a history stands beside it. Code sees whole payloads, histories and messages see references.
//   Y4  A text is written before the commit of the event that refers to it: a crash between the two leaves a text that nothing
//       refers to, and that is removed in time.
//   Y5  What the code is to be fed is read before its turn: a turn waits for nothing.

/** The large payloads that pass through a run while it is at work. */
export class OutOfLine {
  /** Those that events refer to and that are not written yet. */
  readonly unwritten = new Map<PayloadReference, Payload>();
  /** Those that were read for the code. */
  private readonly texts = new Map<PayloadReference, Payload>();

  constructor(private readonly referenceTo: PayloadStore['referenceTo']) {}

  put(texts: ReadonlyMap<PayloadReference, Payload>): void {
    for (const [reference, text] of texts) this.texts.set(reference, text);
  }

  /** The code has been fed. */
  forgetTexts(): void {
    this.texts.clear();
  }

  /** The event as it is recorded. */
  moveOut<Event extends NewEvent>(event: Event): Event {
    const moved = this.moveOutOf(event);
    if (event.type !== 'WorkflowStarted' || !event.data.signals) return moved;
    return { ...moved, data: { ...event.data, signals: event.data.signals.map((signal) => this.moveOutOf(signal)) } };
  }

  /** The event as the code is fed it. @throws PayloadMissingError when what it refers to was not put here. */
  bringIn<Event extends NewEvent>(event: Event): Event {
    return inlined(event, (reference) => this.texts.get(reference) ?? this.unwritten.get(reference));
  }

  private moveOutOf<Carrier extends { readonly payload?: Payload }>(carrier: Carrier): Carrier {
    const { moved, texts } = moveOut(carrier, this.referenceTo);
    for (const [reference, text] of texts) this.unwritten.set(reference, text);
    return moved;
  }
}

/** The same with a reference, where it has a large payload, and the text to be written under it. */
export function moveOut<Carrier extends { readonly payload?: Payload }>(
  carrier: Carrier,
  referenceTo: PayloadStore['referenceTo'],
): { readonly moved: Carrier; readonly texts: ReadonlyMap<PayloadReference, Payload> } {
  const { payload } = carrier;
  if (!isLarge(payload)) return { moved: carrier, texts: noTexts };
  const reference = referenceTo(payload);
  return { moved: { ...carrier, payload: reference }, texts: new Map([[reference, payload]]) };
}

const noTexts: ReadonlyMap<PayloadReference, Payload> = new Map();

/** The event with the texts that it refers to. @throws PayloadMissingError */
export function inlined<Event extends NewEvent>(event: Event, find: (reference: PayloadReference) => Payload | undefined): Event {
  if (referencesOf(event).length === 0) return event;
  const text = (payload: Payload | undefined): Payload | undefined => {
    if (!isReference(payload)) return payload;
    const found = find(payload);
    if (found === undefined) throw new PayloadMissingError(payload);
    return found;
  };
  const payload = text(event.payload);
  if (event.type !== 'WorkflowStarted' || !event.data.signals) return { ...event, ...payloadOf(payload) };
  const signals = event.data.signals.map((signal) => ({ ...signal, ...payloadOf(text(signal.payload)) }));
  return { ...event, data: { ...event.data, signals }, ...payloadOf(payload) };
}

export const isLarge = (payload: Payload | undefined): payload is Payload => payload !== undefined && payload.length > inlineCharsMax;

/** True when it has a payload that does not fit into a history. */
export const hasLarge = ({ payload, type, data }: NewEvent): boolean =>
  isLarge(payload) || (type === 'WorkflowStarted' && data.signals?.some((signal) => isLarge(signal.payload)) === true);

/** What an event refers to. */
export function referencesOf(event: NewEvent): readonly PayloadReference[] {
  if (event.type === 'WorkflowStarted' && event.data.signals) return signalReferences(event);
  return isReference(event.payload) ? [event.payload] : none;
}

const none: readonly PayloadReference[] = [];

const signalReferences = ({ payload, data }: Extract<NewEvent, { type: 'WorkflowStarted' }>): readonly PayloadReference[] =>
  [payload, ...(data.signals ?? []).map((signal) => signal.payload)].filter(isReference);

const payloadOf = (payload: Payload | undefined) => (payload === undefined ? {} : { payload });

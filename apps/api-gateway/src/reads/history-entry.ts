import { type EventType, type HistoryEvent, isReference, type Payload, type PayloadReference } from '@marathon/core';
import { type PayloadAddress, withMember, writeEventData } from '@marathon/protocol';
import { instant } from './instant.js';

/** What readers call the value that an event carries. */
const payloadNames: Partial<Record<EventType, string>> = {
  WorkflowStarted: 'input',
  WorkflowCompleted: 'result',
  WorkflowContinuedAsNew: 'input',
  ActivityScheduled: 'input',
  ActivityCompleted: 'result',
  ActivityRetryScheduled: 'heartbeatDetails',
  StepCompleted: 'result',
  ChildWorkflowInitiated: 'input',
  ChildWorkflowClosed: 'result',
  SignalReceived: 'payload',
  UpdateReceived: 'input',
  UpdateCompleted: 'result',
};

export type AddressOf = (reference: PayloadReference) => PayloadAddress;

/** The text of a `HistoryEntry`: payloads go into it as they are recorded, and of large ones the address. */
export function writeHistoryEntry(event: HistoryEvent, addressOf: AddressOf): string {
  const data = withPayload(writeEventData(shown(event, addressOf)), payloadNames[event.type] ?? 'payload', event.payload, addressOf);
  return `{"seq":${event.seq},"type":"${event.type}","at":"${instant(event.at)}","data":${data}}`;
}

/** A member with the payload, or one whose name ends in `Address`. */
export function withPayload(object: string, name: string, payload: Payload | undefined, addressOf: AddressOf): string {
  if (!isReference(payload)) return withMember(object, name, payload);
  return withMember(object, `${name}Address`, JSON.stringify(addressOf(payload)));
}

/** Of a start, the signals that it carries may be large, too. */
function shown(event: HistoryEvent, addressOf: AddressOf): HistoryEvent['data'] {
  if (event.type !== 'WorkflowStarted' || !event.data.signals) return event.data;
  const signals = event.data.signals.map(({ name, payload }) => {
    if (payload === undefined) return { name };
    return isReference(payload) ? { name, payloadAddress: addressOf(payload) } : { name, payload };
  });
  return { ...event.data, signals };
}

import type { EventType, HistoryEvent } from '@marathon/core';
import { withMember, writeEventData } from '@marathon/protocol';
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

/** The text of a `HistoryEntry`: payloads go into it as they are recorded. */
export function writeHistoryEntry(event: HistoryEvent): string {
  const data = withMember(writeEventData(event.data), payloadNames[event.type] ?? 'payload', event.payload);
  return `{"seq":${event.seq},"type":"${event.type}","at":"${instant(event.at)}","data":${data}}`;
}

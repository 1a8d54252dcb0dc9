import type { EventType } from './event.js';

/** The numbers under which the database stores event types. A number is never given to another type. */
export const eventCodes = {
  WorkflowStarted: 1,
  WorkflowStartDelayElapsed: 2,
  WorkflowSuspended: 3,
  WorkflowResumed: 4,
  WorkflowCompleted: 5,
  WorkflowFailed: 6,
  WorkflowCanceled: 7,
  WorkflowTimedOut: 8,
  WorkflowTerminated: 9,
  WorkflowContinuedAsNew: 10,
  ActivityScheduled: 20,
  ActivityStarted: 21,
  ActivityCompleted: 22,
  ActivityFailed: 23,
  ActivityTimedOut: 24,
  ActivityRetryScheduled: 25,
  ActivityCanceled: 26,
  ActivityRetryDue: 27,
  ActivityDeferred: 28,
  ActivityCompletionDropped: 29,
  ApprovalEscalated: 100,
  StepCompleted: 30,
  StepFailed: 31,
  StepRetryScheduled: 32,
  StepRetryDue: 33,
  StepRetryCanceled: 34,
  TimerStarted: 40,
  TimerFired: 41,
  TimerCanceled: 42,
  SignalReceived: 50,
  CancelRequested: 51,
  UpdateReceived: 52,
  UpdateCompleted: 53,
  UpdateFailed: 54,
  UpdateRejected: 55,
  UpdateRefused: 56,
  ChildWorkflowInitiated: 60,
  ChildWorkflowStarted: 61,
  ChildWorkflowStartFailed: 62,
  ChildWorkflowClosed: 63,
  ExternalSignalRequested: 64,
  ExternalCancelRequested: 65,
  ExternalRequestAccepted: 66,
  ExternalRequestFailed: 67,
  StatusSet: 80,
  MemoUpserted: 81,
  SearchAttributesUpserted: 82,
  MapScheduled: 90,
  MapCompleted: 91,
  MapFailed: 92,
  MapCanceled: 93,
  ActivityAdmitted: 110,
  WorkflowAdmitted: 111,
  WorkflowQueued: 112,
} as const satisfies Record<EventType, number>;

const types = new Map(Object.entries(eventCodes).map(([type, code]) => [code as number, type as EventType]));

/** @throws RangeError for a number that this build does not know: the history was written by a newer one. */
export function eventType(code: number): EventType {
  const type = types.get(code);
  if (!type) throw new RangeError(`event code ${code} is unknown to this build`);
  return type;
}

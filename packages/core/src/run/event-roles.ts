import type { EventType } from '../history/event.js';

/**
 * What an event is to the code of its run. A history is a sequence of turns: an input, then the commands that the code gave in
 * answer to it. Bookkeeping stands anywhere and code never sees it.
 */
const roles = {
  WorkflowStarted: 'input',
  ActivityCompleted: 'input',
  ActivityFailed: 'input',
  ActivityTimedOut: 'input',
  StepCompleted: 'input',
  StepFailed: 'input',
  TimerFired: 'input',
  SignalReceived: 'input',
  CancelRequested: 'input',
  UpdateReceived: 'input',
  ChildWorkflowStarted: 'input',
  ChildWorkflowStartFailed: 'input',
  ChildWorkflowClosed: 'input',
  ExternalRequestAccepted: 'input',
  ExternalRequestFailed: 'input',
  MapCompleted: 'input',
  MapFailed: 'input',
  ActivityScheduled: 'command',
  ActivityCanceled: 'command',
  TimerStarted: 'command',
  TimerCanceled: 'command',
  StatusSet: 'command',
  MemoUpserted: 'command',
  SearchAttributesUpserted: 'command',
  UpdateCompleted: 'command',
  UpdateFailed: 'command',
  UpdateRejected: 'command',
  ChildWorkflowInitiated: 'command',
  ExternalSignalRequested: 'command',
  ExternalCancelRequested: 'command',
  MapScheduled: 'command',
  MapCanceled: 'command',
  WorkflowCompleted: 'outcome',
  WorkflowFailed: 'outcome',
  WorkflowCanceled: 'outcome',
  WorkflowContinuedAsNew: 'outcome',
  /** Inputs that were deferred are fed now, each in a turn of its own, when nothing else holds the code back. */
  WorkflowStartDelayElapsed: 'release',
  WorkflowResumed: 'release',
  WorkflowAdmitted: 'release',
  WorkflowQueued: 'bookkeeping',
  ActivityAdmitted: 'bookkeeping',
  UpdateRefused: 'bookkeeping',
  WorkflowSuspended: 'bookkeeping',
  StepRetryScheduled: 'bookkeeping',
  StepRetryDue: 'bookkeeping',
  StepRetryCanceled: 'bookkeeping',
  ActivityStarted: 'bookkeeping',
  ActivityRetryScheduled: 'bookkeeping',
  ActivityRetryDue: 'bookkeeping',
  ActivityDeferred: 'bookkeeping',
  ApprovalEscalated: 'bookkeeping',
  ActivityCompletionDropped: 'bookkeeping',
  WorkflowTimedOut: 'bookkeeping',
  WorkflowTerminated: 'bookkeeping',
} as const satisfies Record<EventType, string>;

export type EventRole = (typeof roles)[EventType];

export const roleOf = (type: EventType): EventRole => roles[type];

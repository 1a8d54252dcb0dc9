import type { TypedEvent } from '../history/event.js';
import type { PendingActivity } from './pending-activity.js';

type AttemptEventType = 'ActivityStarted' | 'ActivityDeferred' | 'ActivityRetryScheduled' | 'ActivityRetryDue' | 'ApprovalEscalated';

/** What happens to an activity that goes on, in the history or beside it. */
export type AttemptEvent = { [Type in AttemptEventType]: Omit<TypedEvent<Type>, 'seq'> }[AttemptEventType];

export function foldAttempt(activity: PendingActivity, event: AttemptEvent): void {
  switch (event.type) {
    case 'ActivityStarted':
      activity.startedAtMs = event.at;
      activity.worker = event.data.worker;
      return;
    case 'ActivityDeferred':
      return defer(activity, event);
    case 'ActivityRetryScheduled':
      return retry(activity, event);
    case 'ActivityRetryDue':
      activity.isOffered = true;
      return;
    case 'ApprovalEscalated':
      activity.approval = { assignee: event.data.assignee, escalatesAtMs: undefined };
  }
}

/** A start that was never announced counts from here. */
function defer(activity: PendingActivity, event: Extract<AttemptEvent, { type: 'ActivityDeferred' }>): void {
  activity.startedAtMs ??= event.at;
  activity.isDeferred = true;
  activity.worker = undefined;
  activity.heartbeatDetails = event.payload ?? activity.heartbeatDetails;
  activity.lease = { untilMs: undefined, lastHeartbeatAtMs: event.at };
}

function retry(activity: PendingActivity, event: Extract<AttemptEvent, { type: 'ActivityRetryScheduled' }>): void {
  activity.handBacks = event.data.attempt === activity.attempt ? activity.handBacks + 1 : 0;
  activity.attempt = event.data.attempt;
  activity.availableAtMs = event.data.firesAtMs;
  activity.lastFailure = event.data.failure;
  activity.lastFailedAtMs = event.at;
  activity.startedAtMs = undefined;
  activity.isDeferred = false;
  activity.worker = undefined;
  activity.heartbeatDetails = event.payload ?? activity.heartbeatDetails;
  activity.isOffered = false;
  activity.lease = { untilMs: undefined, lastHeartbeatAtMs: undefined };
}

import type { AttemptRef, HistoryEvent } from '@marathon/core';

type Attempt = Pick<AttemptRef, 'activitySeq' | 'attempt'>;

/** What became of an activity, in words; nothing while it is open. */
export function activityFate(events: readonly HistoryEvent[]): string | undefined {
  const isApproval = events.some(({ type, data }) => type === 'ActivityScheduled' && data.approval !== undefined);
  for (const event of events) {
    switch (event.type) {
      case 'ActivityCompleted':
        return isApproval ? 'the approval was answered before' : 'the activity has completed';
      case 'ActivityFailed':
        return `the activity has failed: ${event.data.failure.type}`;
      case 'ActivityTimedOut':
        return isApproval ? 'the deadline of the approval has passed' : `the activity ran out of its ${event.data.timeout} time`;
      case 'ActivityCanceled':
        return isApproval ? 'the run asks for the approval no more' : 'the activity was canceled';
    }
  }
  return undefined;
}

const latestAttempt = (events: readonly HistoryEvent[]): number =>
  events.reduce((latest, { type, data }) => (type === 'ActivityRetryScheduled' ? data.attempt : latest), 1);

/** What became of an attempt, in words; nothing while it is under way. */
export function attemptFate(events: readonly HistoryEvent[], { attempt }: Attempt): string | undefined {
  const current = latestAttempt(events);
  return activityFate(events) ?? (attempt === current ? undefined : `attempt ${attempt} is over: the activity is at attempt ${current}`);
}

/** True for an attempt that has not been offered to anybody. */
export const isToCome = (events: readonly HistoryEvent[], { attempt }: Attempt): boolean =>
  activityFate(events) === undefined && attempt > latestAttempt(events);

/** True when its outcome was accepted and came too late. */
export const wasDropped = (events: readonly HistoryEvent[], { attempt }: Attempt): boolean =>
  events.some(({ type, data }) => type === 'ActivityCompletionDropped' && data.attempt === attempt);

import type { HistoryEvent } from '../history/event.js';
import { decodePayload } from '../payload.js';
import { caughtFailure } from './caught-failure.js';
import { misfitOf } from './definition/contract.js';
import { ActivityFailedError, ActivityTimedOutError, ApprovalTimedOutError, MapItemFailedError, MapTooLargeError } from './errors.js';
import type { PendingWork } from './pending-work.js';
import { settleMap } from './settle-map.js';

/** Ends the code's wait for an activity, an approval, a map or a timer. @returns false for an event that ends no such wait. */
export function settleWait(event: HistoryEvent, pending: Pick<PendingWork, 'take'>): boolean {
  switch (event.type) {
    case 'ActivityCompleted': {
      const { activitySeq, attempt, isUnchecked } = event.data;
      const wait = pending.take(activitySeq);
      const failure = isUnchecked && wait && misfitOf(wait.schema, event.payload, `the result of activity "${wait.label}"`);
      if (failure) wait.reject(new ActivityFailedError(wait.label, attempt, caughtFailure(failure)));
      else wait?.resolve(decodePayload(event.payload));
      return true;
    }
    case 'ActivityFailed': {
      const wait = pending.take(event.data.activitySeq);
      wait?.reject(new ActivityFailedError(wait.label, event.data.attempt, caughtFailure(event.data.failure)));
      return true;
    }
    case 'ActivityTimedOut': {
      const { activitySeq, attempt, timeout, lastFailure } = event.data;
      const wait = pending.take(activitySeq);
      if (wait?.kind === 'approval') wait.reject(new ApprovalTimedOutError(wait.label));
      else wait?.reject(new ActivityTimedOutError(wait.label, attempt, timeout, lastFailure && caughtFailure(lastFailure)));
      return true;
    }
    case 'MapCompleted':
      settleMap(pending.take(event.data.mapSeq), event);
      return true;
    case 'MapFailed': {
      const { mapSeq, index, attempt, failure, isTooLarge } = event.data;
      const wait = pending.take(mapSeq);
      if (isTooLarge) wait?.reject(new MapTooLargeError(failure.message));
      else wait?.reject(new MapItemFailedError(wait.label, index, attempt, caughtFailure(failure)));
      return true;
    }
    case 'TimerFired':
      pending.take(event.data.timerSeq)?.resolve(undefined);
      return true;
    default:
      return false;
  }
}

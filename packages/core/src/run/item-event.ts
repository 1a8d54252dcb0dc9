import type { NewEvent } from './new-event.js';

/** What may happen to an item of a map: as to any activity, but that no history holds it. */
export type ItemEvent = Extract<
  NewEvent,
  {
    readonly type:
      | 'ActivityStarted'
      | 'ActivityDeferred'
      | 'ActivityCompleted'
      | 'ActivityFailed'
      | 'ActivityTimedOut'
      | 'ActivityRetryScheduled'
      | 'ActivityRetryDue'
      | 'ActivityCompletionDropped';
  }
>;

/** Activities from here on are items of maps: no seq of an event comes up to it, and a message still holds it. */
export const firstItemMin = 2 ** 30;
/** Of all maps of a run together. */
export const itemsOfRunMax = 2 ** 30 - 1;

export const isItem = (activitySeq: number): boolean => activitySeq >= firstItemMin;

export const isItemEvent = (event: NewEvent): event is ItemEvent => 'activitySeq' in event.data && isItem(event.data.activitySeq);

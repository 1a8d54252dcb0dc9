import type { PendingActivity } from './pending-activity.js';
import type { PendingMap } from './pending-map.js';

/** How far a map has got, as of a commit. The items under way are queued, at workers, deferred, or in their back-off. */
export interface MapProgress {
  readonly mapSeq: number;
  readonly activity: string;
  readonly taskQueue: string;
  readonly count: number;
  readonly done: number;
  /** Of those that are done. */
  readonly failed: number;
  readonly queued: number;
  readonly running: number;
  readonly deferred: number;
  readonly backingOff: number;
  readonly scheduledAtMs: number;
  /** The item that has been under way for the longest. */
  readonly oldest?: OldestItem;
}

export interface OldestItem {
  readonly index: number;
  readonly activitySeq: number;
  readonly attempt: number;
  readonly state: 'queued' | 'running' | 'deferred' | 'backing-off';
  /** Since when it is in that state. */
  readonly sinceMs: number;
  /** When its back-off is over. */
  readonly untilMs?: number;
  readonly worker?: string;
  readonly lastFailure?: { readonly type: string; readonly message: string };
}

/** Of a failure's message: it is written with every commit. */
const messageCharsMax = 200;

export function mapProgress(map: PendingMap, activities: ReadonlyMap<number, PendingActivity>): MapProgress {
  const states = { queued: 0, running: 0, deferred: 0, 'backing-off': 0 };
  let oldest: PendingActivity | undefined;
  for (const seq of map.underWay.keys()) {
    const activity = activities.get(seq);
    if (!activity) continue;
    oldest ??= activity;
    states[stateOf(activity)]++;
  }
  const { seq: mapSeq, activity, count, done, failed, scheduledAtMs, options } = map;
  const { queued, running, deferred, 'backing-off': backingOff } = states;
  const progress = {
    mapSeq,
    activity,
    taskQueue: options.taskQueue,
    count,
    done,
    failed,
    queued,
    running,
    deferred,
    backingOff,
    scheduledAtMs,
  };
  return oldest ? { ...progress, oldest: oldestItem(map, oldest) } : progress;
}

function oldestItem(map: PendingMap, activity: PendingActivity): OldestItem {
  const { seq, attempt, worker, lastFailure, availableAtMs, startedAtMs, lastFailedAtMs } = activity;
  const state = stateOf(activity);
  return {
    index: seq - map.firstItem,
    activitySeq: seq,
    attempt,
    state,
    sinceMs: state === 'backing-off' ? (lastFailedAtMs ?? availableAtMs) : (startedAtMs ?? availableAtMs),
    ...(state === 'backing-off' && { untilMs: availableAtMs }),
    ...(worker !== undefined && { worker }),
    ...(lastFailure && { lastFailure: { type: lastFailure.type, message: lastFailure.message.slice(0, messageCharsMax) } }),
  };
}

function stateOf({ isDeferred, isOffered, startedAtMs }: PendingActivity): OldestItem['state'] {
  if (isDeferred) return 'deferred';
  if (startedAtMs !== undefined) return 'running';
  return isOffered ? 'queued' : 'backing-off';
}

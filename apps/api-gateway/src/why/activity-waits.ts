import { type Failure, nextTimeout, type PendingActivity } from '@marathon/core';
import type { RunView, ViewedWait } from './run-view.js';

/** Attempts that end sooner are not announced (see the worker protocol). */
const announcedAfterMs = 2_000;
/** Of a failure's message; the history has all of it. */
const textMax = 500;

/** What is said of a queue that nobody serves, wherever it comes up. */
export const noWorkerListens = (taskQueue: string): string => `no worker listens on task queue "${taskQueue}"`;

export function activityWaits({ state, world }: RunView): readonly ViewedWait[] {
  return [...state.activities.values()].filter(({ awaitsPlace }) => !awaitsPlace).map((activity) => waitOf(activity, world));
}

function waitOf(activity: PendingActivity, { workers: workersOf, nowMs }: RunView['world']): ViewedWait {
  const workers = workersOf.get(activity.options.taskQueue);
  if (activity.approval) return approval(activity, activity.approval.assignee);
  if (activity.isDeferred) return deferred(activity);
  if (activity.startedAtMs !== undefined) return running(activity, workers, activity.startedAtMs);
  // Who hands an attempt back does so within moments: it is offered to others in between.
  const isBack = activity.handBacks > 0 && workers !== 0 && nowMs - activity.availableAtMs < announcedAfterMs;
  if (isBack) return handedBack(activity, workers);
  return activity.isOffered ? queued(activity, workers, nowMs) : backingOff(activity, workers);
}

function running(activity: PendingActivity, workers: number | undefined, sinceMs: number): ViewedWait {
  const { worker } = activity;
  return {
    kind: 'activity-running',
    what: `${attemptOf(activity)} runs${worker === undefined ? '' : ` on worker "${worker}"`}${workers === 0 ? `, but ${noWorkerListens(activity.options.taskQueue)} now` : ''}.`,
    sinceMs,
    ...timeoutOf(activity),
    ...(workers === 0 && {
      remedy: `Start a worker for task queue "${activity.options.taskQueue}": when the one that had the attempt has been silent for 10 s, the next attempt follows.`,
    }),
    ...factsOf(activity, workers),
    ...(worker !== undefined && { worker }),
  };
}

function deferred(activity: PendingActivity): ViewedWait {
  return {
    kind: 'activity-deferred',
    what: `${attemptOf(activity)} handed out its token and waits for whoever has it.`,
    sinceMs: activity.startedAtMs ?? activity.scheduledAtMs,
    ...timeoutOf(activity),
    remedy: 'Whoever has the token sends the outcome: POST /tokens/{token}/complete, or /fail.',
    ...factsOf(activity, undefined),
  };
}

function approval(activity: PendingActivity, assignee: string | undefined): ViewedWait {
  return {
    kind: 'approval',
    what: `"${activity.options.approval?.title}" waits for ${assignee === undefined ? 'anybody' : `"${assignee}"`} to answer.`,
    sinceMs: activity.scheduledAtMs,
    ...timeoutOf(activity),
    remedy: 'Answer it: GET /approvals gives its id for POST /approvals/{id}/answer.',
    activitySeq: activity.seq,
    ...(assignee !== undefined && { assignee }),
  };
}

function backingOff(activity: PendingActivity, workers: number | undefined): ViewedWait {
  const { lastFailure, attempt } = activity;
  return {
    kind: 'activity-backing-off',
    what: `${attemptOf(activity)} follows when its back-off is over: attempt ${attempt - 1} failed with ${sentenceOf(lastFailure)}.`,
    sinceMs: activity.lastFailedAtMs ?? activity.scheduledAtMs,
    untilMs: activity.availableAtMs,
    remedy: 'Mend what the failure names; the next attempt comes by itself.',
    ...factsOf(activity, workers),
  };
}

function handedBack(activity: PendingActivity, workers: number | undefined): ViewedWait {
  const { lastFailure, options, availableAtMs } = activity;
  return {
    kind: 'activity-handed-back',
    what: `${attemptOf(activity)} was handed back on task queue "${options.taskQueue}": ${shortened(lastFailure?.message ?? '')}.`,
    sinceMs: activity.scheduledAtMs,
    untilMs: availableAtMs,
    remedy: `Deploy a worker that can do "${activity.activity}" on task queue "${options.taskQueue}", when that is what is missing; it is offered again by itself.`,
    ...factsOf(activity, workers),
  };
}

function queued(activity: PendingActivity, workers: number | undefined, nowMs: number): ViewedWait {
  const { options, availableAtMs } = activity;
  const queue = options.taskQueue;
  return {
    kind: 'activity-queued',
    what: `${attemptOf(activity)} waits for a worker: ${workers === 0 ? noWorkerListens(queue) : takers(workers, queue)}.`,
    sinceMs: availableAtMs,
    ...timeoutOf(activity),
    ...remedyOfQueued(queue, workers, nowMs - availableAtMs),
    ...factsOf(activity, workers),
  };
}

const takers = (workers: number | undefined, queue: string): string =>
  workers === undefined
    ? `none has announced it on task queue "${queue}"`
    : `${workers} listen on task queue "${queue}", and none has announced it`;

function remedyOfQueued(queue: string, workers: number | undefined, waitedMs: number): { readonly remedy?: string } {
  if (workers === 0) return { remedy: `Start a worker that serves task queue "${queue}".` };
  if (waitedMs < announcedAfterMs) return {};
  return { remedy: `Its workers are busy or stand still: look at them, or start more for task queue "${queue}".` };
}

const attemptOf = ({ activity, attempt, options }: PendingActivity): string =>
  `Attempt ${attempt} of ${options.retry.attemptsMax} of activity "${activity}"`;

const shortened = (text: string): string => (text.length > textMax ? `${text.slice(0, textMax)}…` : text);

export const sentenceOf = (failure: Failure | undefined): string =>
  failure ? `${failure.type}: ${shortened(failure.message)}` : 'a failure';

export const shortFailure = ({ type, message }: Failure) => ({ type, message: shortened(message) });

/** Of those that follow from history: whether a heartbeat came is known to the owner alone. */
function timeoutOf(activity: PendingActivity): { readonly untilMs?: number; readonly timeout?: string } {
  const { heartbeatTimeoutMs: _, ...options } = activity.options;
  const next = nextTimeout({ ...activity, options });
  return next ? { untilMs: next.atMs, timeout: next.timeout } : {};
}

function factsOf(activity: PendingActivity, workers: number | undefined) {
  const { seq, options, attempt, lastFailure } = activity;
  return {
    activitySeq: seq,
    activity: activity.activity,
    taskQueue: options.taskQueue,
    attempt,
    attemptsMax: options.retry.attemptsMax,
    ...(workers !== undefined && { workers }),
    ...(lastFailure && { lastFailure: shortFailure(lastFailure) }),
  };
}

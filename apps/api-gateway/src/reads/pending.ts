import { childOf, type Failure, type PendingActivity as OpenActivity, type RunId, type RunState } from '@marathon/core';
import { type PendingActivity, type PendingChild, type PendingTimer, pendingChildrenMax, writeFailure } from '@marathon/protocol';
import { instant } from './instant.js';

/** The activities that have no outcome yet, as of `nowMs`. */
export function pendingActivities(state: RunState, nowMs: number): readonly PendingActivity[] {
  return [...state.activities.values()].map((activity) => describe(activity, nowMs));
}

export function pendingTimers(state: RunState): readonly PendingTimer[] {
  return [...state.timers].map(([timerSeq, firesAtMs]) => ({ timerSeq, firesAt: instant(firesAtMs) }));
}

/** The oldest of the children that have not closed. */
export function pendingChildren(runId: RunId, { asked }: RunState): readonly PendingChild[] {
  const children = [...asked.children.values()].slice(0, pendingChildrenMax);
  return children.map((child) => ({
    childSeq: child.seq,
    workflow: child.workflow,
    ...childOf(runId, child),
    state: child.isStarted ? 'started' : 'starting',
    initiatedAt: instant(child.initiatedAtMs),
  }));
}

function describe(activity: OpenActivity, nowMs: number): PendingActivity {
  const { seq, attempt, scheduledAtMs, startedAtMs, availableAtMs, lastFailure, options } = activity;
  const isBackingOff = startedAtMs === undefined && availableAtMs > nowMs;
  return {
    activitySeq: seq,
    activity: activity.activity,
    taskQueue: options.taskQueue,
    state: activity.isDeferred
      ? 'deferred'
      : startedAtMs !== undefined
        ? 'running'
        : isBackingOff
          ? 'backing-off'
          : activity.awaitsPlace
            ? 'limited'
            : 'queued',
    attempt,
    scheduledAt: instant(scheduledAtMs),
    ...(startedAtMs !== undefined && { startedAt: instant(startedAtMs) }),
    ...(isBackingOff && { nextAttemptAt: instant(availableAtMs) }),
    ...(lastFailure && { lastFailure: readable(lastFailure) }),
  };
}

const readable = (failure: Failure): PendingActivity['lastFailure'] => JSON.parse(writeFailure(failure));

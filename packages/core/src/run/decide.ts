import type { ActivityTimeout, Failure } from '../failure.js';
import type { ActivityRequest, AttemptOutcome, RunRequest } from '../messages/message.js';
import type { Payload } from '../payload.js';
import { answerTaken } from './decide-asked.js';
import { stepFinished, stepRetryDue } from './decide-step.js';
import type { NewEvent } from './new-event.js';
import { closesAtMs, isFreeFor, nextTimeout, type PendingActivity } from './pending-activity.js';
import { nextAttemptAtMs } from './retry.js';
import type { RunInput } from './run-input.js';
import type { RunState } from './run-state.js';

/**
 * What is recorded for an input, given what the history says: nothing when the input comes too late, twice, or for an attempt
 * that is over. Time is `nowMs`; nothing else is consulted.
 */
export function decide(state: RunState, input: RunInput, nowMs: number): NewEvent | undefined {
  switch (input.kind) {
    case 'start':
      return undefined;
    case 'start-delay-elapsed':
      return state.startsAtMs === undefined ? undefined : { type: 'WorkflowStartDelayElapsed', data: {} };
    case 'attempt-finished':
      return attemptFinished(state, input, nowMs);
    case 'attempt-announced':
    case 'attempt-claimed': {
      const activity = openAttempt(state, input.activitySeq, input.attempt);
      if (!activity || activity.startedAtMs !== undefined) return undefined;
      if (input.kind === 'attempt-claimed' && !isFreeFor(input.worker, activity)) return undefined;
      return { type: 'ActivityStarted', data: { activitySeq: activity.seq, attempt: input.attempt, worker: input.worker } };
    }
    case 'attempt-deferred': {
      const activity = openAttempt(state, input.activitySeq, input.attempt);
      if (!activity?.isOffered || activity.isDeferred) return undefined;
      const data = { activitySeq: activity.seq, attempt: input.attempt };
      return { type: 'ActivityDeferred', data, ...(input.heartbeatDetails !== undefined && { payload: input.heartbeatDetails }) };
    }
    case 'attempt-timed-out': {
      const activity = openAttempt(state, input.activitySeq, input.attempt);
      const next = activity && nextTimeout(activity);
      // What was brought before it may have given the attempt more time: an announcement, a renewal.
      return next && next.atMs <= nowMs ? attemptTimedOut(activity, next.timeout, nowMs) : undefined;
    }
    case 'retry-due': {
      const activity = openAttempt(state, input.activitySeq, input.attempt);
      if (!activity || activity.isOffered || activity.awaitsPlace) return undefined;
      return { type: 'ActivityRetryDue', data: { activitySeq: activity.seq, attempt: activity.attempt } };
    }
    case 'approval-overdue':
      return approvalEscalated(state.activities.get(input.activitySeq));
    case 'timer-due':
      return state.timers.has(input.timerSeq) ? { type: 'TimerFired', data: { timerSeq: input.timerSeq } } : undefined;
    case 'step-finished':
      return stepFinished(state, input, nowMs);
    case 'step-retry-due':
      return stepRetryDue(state, input);
    case 'request':
      return requestTaken(state, input.request, nowMs);
    case 'child-started':
    case 'child-start-failed':
    case 'child-closed':
    case 'external-request-accepted':
    case 'external-request-failed':
      return answerTaken(state, input);
    case 'run-timed-out':
      return undefined;
    case 'take-up':
      return state.suspension ? { type: 'WorkflowResumed', data: {} } : undefined;
    case 'suspend':
      return state.suspension || (input.atSeq ?? state.lastSeq) !== state.lastSeq
        ? undefined
        : { type: 'WorkflowSuspended', data: { suspension: input.suspension, unprocessedFrom: state.unansweredFrom } };
  }
}

function openAttempt(state: RunState, activitySeq: number, attempt: number): PendingActivity | undefined {
  const activity = state.activities.get(activitySeq);
  return activity?.attempt === attempt ? activity : undefined;
}

function attemptFinished(state: RunState, input: Extract<RunInput, { kind: 'attempt-finished' }>, nowMs: number): NewEvent | undefined {
  const { outcome, activitySeq, attempt } = input;
  if (outcome.outcome === 'completed') {
    // A success is taken from any attempt, as long as the activity is open: the work is done.
    if (!state.activities.has(activitySeq)) return undefined;
    const data = { activitySeq, attempt };
    return { type: 'ActivityCompleted', data, ...(outcome.result !== undefined && { payload: outcome.result }) };
  }
  const activity = openAttempt(state, activitySeq, attempt);
  if (!activity) return undefined;
  switch (outcome.outcome) {
    case 'failed':
      return attemptFailed(activity, outcome.failure, nowMs, input.heartbeatDetails);
    case 'timed-out':
      return attemptTimedOut(activity, outcome.timeout, nowMs, input.heartbeatDetails);
    case 'handed-back':
      return activity.isOffered ? handedBack(activity, outcome.reason, nowMs, input.heartbeatDetails) : undefined;
  }
}

function attemptFailed(activity: PendingActivity, failure: Failure, nowMs: number, heartbeatDetails?: Payload): NewEvent {
  const { seq: activitySeq, attempt } = activity;
  // The worker aborts it at that instant, and may be heard before our own alarm is.
  if (nowMs >= closesAtMs(activity)) {
    return { type: 'ActivityTimedOut', data: { activitySeq, attempt, timeout: 'scheduleToClose', lastFailure: failure } };
  }
  const firesAtMs = nextAttemptAtMs(activity.options.retry, attempt, failure, nowMs, closesAtMs(activity));
  if (firesAtMs === undefined) return { type: 'ActivityFailed', data: { activitySeq, attempt, failure } };
  return retryScheduled(activity, failure, firesAtMs, heartbeatDetails);
}

function attemptTimedOut(activity: PendingActivity, timeout: ActivityTimeout, nowMs: number, heartbeatDetails?: Payload): NewEvent {
  const failure: Failure = { type: 'ActivityTimedOut', message: `attempt ${activity.attempt} ran out of its ${timeout} time` };
  const isOver = timeout === 'scheduleToClose' || timeout === 'scheduleToStart';
  const firesAtMs = isOver ? undefined : nextAttemptAtMs(activity.options.retry, activity.attempt, failure, nowMs, closesAtMs(activity));
  if (firesAtMs !== undefined) return retryScheduled(activity, failure, firesAtMs, heartbeatDetails);
  const { lastFailure, attempt } = activity;
  return { type: 'ActivityTimedOut', data: { activitySeq: activity.seq, attempt, timeout, ...(lastFailure && { lastFailure }) } };
}

/** How soon an attempt that a worker handed back is offered again: each time twice as late, for every offer is an event. */
const handBackDelayMs = 1_000;
const handBackDelayMsMax = 60_000;

function handedBack(activity: PendingActivity, reason: string, nowMs: number, heartbeatDetails?: Payload): NewEvent {
  const delayMs = Math.min(handBackDelayMs * 2 ** activity.handBacks, handBackDelayMsMax);
  const again = retryScheduled(activity, { type: 'HandedBack', message: reason }, nowMs + delayMs, heartbeatDetails);
  return { ...again, data: { ...again.data, attempt: activity.attempt } };
}

function retryScheduled(
  activity: PendingActivity,
  failure: Failure,
  firesAtMs: number,
  heartbeatDetails: Payload | undefined,
): NewEvent & { type: 'ActivityRetryScheduled' } {
  const payload = heartbeatDetails ?? activity.heartbeatDetails;
  const data = { activitySeq: activity.seq, attempt: activity.attempt + 1, firesAtMs, failure };
  return { type: 'ActivityRetryScheduled', data, ...(payload !== undefined && { payload }) };
}

/** Requests are taken in the order of their numbers, each once; the caller sees to gaps. */
function requestTaken(state: RunState, request: RunRequest, nowMs: number): NewEvent | undefined {
  if (request.n !== state.taken + 1) return undefined;
  switch (request.kind) {
    case 'signal':
      return {
        type: 'SignalReceived',
        data: { n: request.n, name: request.name },
        ...(request.payload !== undefined && { payload: request.payload }),
      };
    case 'cancel':
      return { type: 'CancelRequested', data: request.reason === undefined ? { n: request.n } : { n: request.n, reason: request.reason } };
    case 'update': {
      const { n, updateId, name, payload } = request;
      return { type: 'UpdateReceived', data: { n, updateId, name }, ...(payload !== undefined && { payload }) };
    }
    case 'resume':
      return { type: 'WorkflowResumed', data: { n: request.n } };
    case 'complete-activity':
    case 'fail-activity':
      return tokenUsed(state, request, nowMs);
    case 'admit-run':
      return { type: 'WorkflowAdmitted', data: { n: request.n } };
    case 'admit-activity': {
      const { n, activitySeq, attempt } = request;
      return { type: 'ActivityAdmitted', data: { activitySeq, attempt, n } };
    }
    case 'terminate':
      return undefined;
  }
}

function approvalEscalated(activity: PendingActivity | undefined): NewEvent | undefined {
  const { escalation } = activity?.options.approval ?? {};
  if (!activity || !escalation || activity.approval?.escalatesAtMs === undefined) return undefined;
  return { type: 'ApprovalEscalated', data: { activitySeq: activity.seq, assignee: escalation.assignee } };
}

/** As if a worker had said it, but that an outcome which comes too late is written down, too: it was accepted. */
function tokenUsed(state: RunState, request: ActivityRequest, nowMs: number): NewEvent {
  const { n, activitySeq, attempt } = request;
  const outcome: AttemptOutcome =
    request.kind === 'fail-activity'
      ? { outcome: 'failed', failure: request.failure }
      : { outcome: 'completed', ...(request.payload !== undefined && { result: request.payload }) };
  const event = attemptFinished(state, { kind: 'attempt-finished', activitySeq, attempt, outcome }, nowMs);
  if (!event) return { type: 'ActivityCompletionDropped', data: { activitySeq, attempt, n } };
  const { answeredBy } = request.kind === 'complete-activity' ? request : { answeredBy: undefined };
  return { ...event, data: { ...event.data, n, ...(answeredBy !== undefined && { answeredBy }) } } as NewEvent;
}

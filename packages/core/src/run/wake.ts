import type { Execution } from '../execution/execution.js';
import { wakeCause } from '../ports/run-store.port.js';
import { nextTimeout } from './pending-activity.js';
import type { RunInput } from './run-input.js';
import type { RunState } from './run-state.js';

/** The earliest instant at which time alone moves the run, or nothing. */
export function nextWakeMs(state: RunState): number | undefined {
  let earliest = Number.POSITIVE_INFINITY;
  const consider = (atMs: number | undefined) => {
    if (atMs !== undefined && atMs < earliest) earliest = atMs;
  };
  if (!state.isOpen) return undefined;
  consider(state.startsAtMs);
  consider(state.timesOutAtMs);
  for (const firesAtMs of state.timers.values()) consider(firesAtMs);
  for (const activity of state.activities.values()) {
    if (!activity.isOffered && !activity.awaitsPlace) consider(activity.availableAtMs);
    consider(nextTimeout(activity)?.atMs);
    consider(activity.approval?.escalatesAtMs);
  }
  for (const { dueAtMs } of state.stepRetries?.backingOff ?? []) consider(dueAtMs);
  return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
}

/** What can move the run: see `wakeCause`. */
export function wakeCausesOf(state: RunState, execution: Execution | undefined, hasSteps: boolean): number {
  let causes = activityCauses(state);
  if (state.suspension) causes |= wakeCause.deployment;
  else if (execution && !execution.hasStarted && state.startsAtMs === undefined && !state.awaitsPlace) causes |= wakeCause.start;
  if (hasSteps) causes |= wakeCause.step;
  if (execution?.awaitsRequests) causes |= wakeCause.signal;
  if (execution?.conditions.isAwaited) causes |= wakeCause.condition;
  if (execution?.awaitsPromise) causes |= wakeCause.promise;
  if (state.awaitsPlace) causes |= wakeCause.limit;
  if (state.asked.hasOutgoing) causes |= wakeCause.outgoingRequest;
  if (state.asked.children.size > 0) causes |= wakeCause.child;
  if (state.timers.size > 0 || state.startsAtMs !== undefined || state.stepRetries?.backingOff.length) causes |= wakeCause.timer;
  return causes;
}

/** Activities that no worker is at wait for somebody outside, as for a signal, or for a place: they need not be offered again. */
function activityCauses({ activities }: RunState): number {
  let causes = 0;
  for (const { isDeferred, awaitsPlace } of activities.values()) {
    if (awaitsPlace) causes |= wakeCause.limit;
    else if (isDeferred) causes |= wakeCause.signal;
    else causes |= wakeCause.activity;
  }
  return causes;
}

/**
 * What time has brought by `nowMs`, in the order in which it fell due. Deadlines of attempts fire only behind `caughtUpToMs`:
 * after an outage, results and renewals that lie unread must not become time-outs.
 */
export function dueInputs(state: RunState, nowMs: number, caughtUpToMs: number): readonly RunInput[] {
  const due: { atMs: number; input: RunInput }[] = [];
  if (state.startsAtMs !== undefined && state.startsAtMs <= nowMs)
    due.push({ atMs: state.startsAtMs, input: { kind: 'start-delay-elapsed' } });
  for (const [timerSeq, atMs] of state.timers) if (atMs <= nowMs) due.push({ atMs, input: { kind: 'timer-due', timerSeq } });
  for (const { step, attempt, dueAtMs } of state.stepRetries?.backingOff ?? [])
    if (dueAtMs <= nowMs) due.push({ atMs: dueAtMs, input: { kind: 'step-retry-due', step, attempt } });
  for (const activity of state.activities.values()) {
    const { seq: activitySeq, attempt, isOffered, awaitsPlace, availableAtMs } = activity;
    if (!isOffered && !awaitsPlace && availableAtMs <= nowMs)
      due.push({ atMs: availableAtMs, input: { kind: 'retry-due', activitySeq, attempt } });
    const escalatesAtMs = activity.approval?.escalatesAtMs;
    if (escalatesAtMs !== undefined && escalatesAtMs <= nowMs)
      due.push({ atMs: escalatesAtMs, input: { kind: 'approval-overdue', activitySeq } });
    const next = nextTimeout(activity);
    if (!next || next.atMs > Math.min(nowMs, caughtUpToMs)) continue;
    due.push({ atMs: next.atMs, input: { kind: 'attempt-timed-out', activitySeq, attempt } });
  }
  due.sort((a, b) => a.atMs - b.atMs);
  const inputs = due.map(({ input }) => input);
  return state.timesOutAtMs !== undefined && state.timesOutAtMs <= nowMs ? [...inputs, { kind: 'run-timed-out' }] : inputs;
}

import { type StepRetry, wakeCause } from '@marathon/core';
import { activityWaits, sentenceOf, shortFailure } from './activity-waits.js';
import { childWaits, outgoingRequestWaits } from './asked-waits.js';
import { limitWaits } from './limit-waits.js';
import { mapWaits } from './map-waits.js';
import { obstacles } from './obstacles.js';
import { isUnbegun, type RunView, type ViewedWait } from './run-view.js';
import { suspensionRemedy } from './suspension-remedies.js';

type WaitsOf = (view: RunView) => readonly ViewedWait[];

/** How each cause for which a run may move again is told, in this order. A cause that is not told does not compile. */
const toldByCause: Record<keyof typeof wakeCause, WaitsOf> = {
  deployment: suspended,
  start: notBegun,
  timer: ({ state, atMs }) => [
    ...startDelay(state),
    ...[...state.timers].map(
      ([timerSeq, untilMs]): ViewedWait => ({
        kind: 'timer',
        what: `A timer fires at ${instantText(untilMs)}.`,
        sinceMs: atMs(timerSeq),
        untilMs,
        timerSeq,
      }),
    ),
  ],
  step: steps,
  limit: limitWaits,
  activity: (view) => [...activityWaits(view), ...mapWaits(view)],
  outgoingRequest: outgoingRequestWaits,
  child: childWaits,
  signal: signals,
  condition: conditions,
  promise: promises,
};

/** What an open run waits for: first what stands in the way of all else, and at last when it times out. */
export function waitsOf(view: RunView): readonly ViewedWait[] {
  const own = Object.values(toldByCause).flatMap((told) => told(view));
  const timeout = runTimeout(view);
  const before = obstacles(view, [...own, ...timeout]);
  return [...before, ...(own.length + before.length > 0 ? own : [codeAtWork(view)]), ...timeout];
}

function suspended({ state, run }: RunView): readonly ViewedWait[] {
  const { suspension } = state;
  if (!suspension) return [];
  return [
    {
      kind: 'suspension',
      what: `The run is suspended (${suspension.reason}): ${suspension.message}.`,
      sinceMs: state.suspendedAtMs ?? state.clockMs,
      remedy: suspensionRemedy(suspension, run.workflowId),
      suspension,
    },
  ];
}

function notBegun(view: RunView): readonly ViewedWait[] {
  const { run } = view;
  if (!isUnbegun(view)) return [];
  const what = `The code has not begun: an orchestrator of task queue "${run.taskQueue}" has to take the start.`;
  return [{ kind: 'start', what, sinceMs: run.startedAtMs }];
}

function startDelay({ startsAtMs, started }: RunView['state']): readonly ViewedWait[] {
  if (startsAtMs === undefined) return [];
  const what = `The start was delayed: the code begins at ${instantText(startsAtMs)}.`;
  return [{ kind: 'start-delay', what, sinceMs: started.at, untilMs: startsAtMs }];
}

function steps(view: RunView): readonly ViewedWait[] {
  return [...stepsUnderWay(view), ...(view.state.stepRetries?.backingOff ?? []).map(backingOff)];
}

function stepsUnderWay({ state, surroundings }: RunView): readonly ViewedWait[] {
  const { steps: names } = surroundings.codeWaits;
  if (!names || state.suspension) return [];
  return [
    {
      kind: 'step',
      what: `The orchestrator is at ${names.length === 1 ? 'the step' : 'the steps'} ${listOf(names)} (ctx.run).`,
      sinceMs: state.clockMs,
      remedy:
        'A step without a time-out that hangs is begun anew when its orchestrator is restarted. Give what may hang a startToCloseTimeout.',
      names: [...names],
    },
  ];
}

function backingOff({ step, name, attempt, dueAtMs, lastFailure, lastFailedAtMs }: StepRetry): ViewedWait {
  return {
    kind: 'step-backing-off',
    what: `Attempt ${attempt} of the step "${name}" (ctx.run) follows when its back-off is over: attempt ${attempt - 1} failed with ${sentenceOf(lastFailure)}.`,
    sinceMs: lastFailedAtMs,
    untilMs: dueAtMs,
    remedy: 'Mend what the failure names; the next attempt comes by itself.',
    ...{ step, name, attempt, lastFailure: shortFailure(lastFailure) },
  };
}

function signals({ state, surroundings, run }: RunView): readonly ViewedWait[] {
  const { awaitedSignals, codeWaits } = surroundings;
  const handled = new Set(codeWaits.handledSignals);
  const names = awaitedSignals.filter((name) => !handled.has(name));
  if (names.length === 0 || state.suspension) return [];
  return [
    {
      kind: 'signal',
      what: `The code waits for ${names.length === 1 ? 'the signal' : 'the signals'} ${listOf(names)}.`,
      sinceMs: state.clockMs,
      remedy: `Send it: POST /workflows/${encodeURIComponent(run.workflowId)}/signals/${encodeURIComponent(names[0] as string)}.`,
      names,
    },
  ];
}

function conditions({ state, surroundings }: RunView): readonly ViewedWait[] {
  const { conditions: predicates } = surroundings.codeWaits;
  if (!predicates || state.suspension) return [];
  return [
    {
      kind: 'condition',
      what: `The code waits until ${predicates.length === 1 ? 'a condition holds' : 'conditions hold'}: ${predicates.join('; ')}.`,
      sinceMs: state.clockMs,
      remedy: 'It holds when something else in the run makes it so: a signal, an update, the end of an activity or of a timer.',
      predicates: [...predicates],
    },
  ];
}

function promises(view: RunView): readonly ViewedWait[] {
  const { state, surroundings } = view;
  if ((surroundings.wakeCauses & wakeCause.promise) === 0 || state.suspension) return [];
  const { handledSignals: signals = [], handledUpdates: updates = [] } = surroundings.codeWaits;
  const handlers = [...signals.map((name) => `signal "${name}"`), ...updates.map((name) => `update "${name}"`)].join(', ');
  return [
    {
      kind: 'promise',
      what: `${awaitsNoEvent(view) ? 'The code' : 'Some of the code awaits what other code awaits, too, or it'} awaits a promise that is not durable: no event settles it; other code of the run may, such as its handlers (${handlers}).`,
      sinceMs: state.clockMs,
      remedy:
        'When no handler is to settle it, it never comes: what a library, a lock or another run would settle is lost when the run leaves memory. Await activities, steps, timers, signals or conditions instead, and deploy.',
      signals: [...signals],
      updates: [...updates],
    },
  ];
}

/** Where some events are awaited, two handlers may await the same one: that looks as if one of them awaited none. */
function awaitsNoEvent({ state, surroundings }: RunView): boolean {
  const { wakeCauses, awaitedSignals, codeWaits } = surroundings;
  const others = wakeCauses & ~(wakeCause.promise | wakeCause.signal);
  return others === 0 && state.activities.size === 0 && awaitedSignals.every((name) => codeWaits.handledSignals?.includes(name));
}

function runTimeout({ state }: RunView): readonly ViewedWait[] {
  const { timesOutAtMs, started } = state;
  if (timesOutAtMs === undefined) return [];
  const what = `The run times out at ${instantText(timesOutAtMs)}, unless it has ended by then.`;
  return [{ kind: 'run-timeout', what, sinceMs: started.at, untilMs: timesOutAtMs }];
}

const codeAtWork = ({ state }: RunView): ViewedWait => ({
  kind: 'code',
  what: 'The code is at work.',
  sinceMs: state.clockMs,
  remedy: 'Moments, as a rule. When it stays so, look at the log of the orchestrator: it says what it suspends, and what fails.',
});

const instantText = (ms: number): string => new Date(ms).toISOString();

const listOf = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

import type { Execution } from '../execution/execution.js';
import type { MapProgress } from './map-progress.js';
import type { RunState } from './run-state.js';

/** What code in flight is at and its history does not say, as of its last commit: for those who ask why a run does not go on. */
export interface CodeWaits {
  /** Names of the steps in place that are under way. */
  readonly steps?: readonly string[];
  /** Predicates, as they are written. */
  readonly conditions?: readonly string[];
  /** Names of signals that go to a handler whenever they come. */
  readonly handledSignals?: readonly string[];
  /** Names of updates that have a handler, where code awaits what only other code of the run could settle. */
  readonly handledUpdates?: readonly string[];
  /** Signals that came and that no code took yet. */
  readonly bufferedSignals?: readonly { readonly name: string; readonly count: number }[];
  /** How far maps have got. */
  readonly maps?: readonly MapProgress[];
}

/** Of each kind: it is written with every commit of a run that has some. */
const namesMax = 20;

/** Nothing for a run whose history says it all. */
export function codeWaitsOf(execution: Execution | undefined, state: RunState): CodeWaits | undefined {
  const waits = execution && waitsOf(execution, state);
  const { maps } = state;
  if (!maps || maps.open.size === 0) return waits;
  return { ...waits, maps: [...maps.open.values()].slice(0, namesMax).map((map) => maps.progressOf(map)) };
}

function waitsOf(execution: Execution, { stepRetries }: RunState): CodeWaits | undefined {
  const { steps: asked, signals, conditions } = execution;
  const { handled, buffered } = signals;
  const updates = execution.awaitsPromise ? execution.updates.names : [];
  const steps = stepRetries ? new Map([...asked].filter(([step]) => !stepRetries.isBackingOff(step))) : asked;
  if (steps.size === 0 && handled.size === 0 && buffered.size === 0 && updates.length === 0 && !conditions.isAwaited) return undefined;
  return {
    ...(steps.size > 0 && { steps: [...steps.values()].slice(0, namesMax).map(({ name }) => name) }),
    ...(conditions.isAwaited && { conditions: conditions.awaited.slice(0, namesMax) }),
    ...(handled.size > 0 && { handledSignals: [...handled.keys()].slice(0, namesMax) }),
    ...(updates.length > 0 && { handledUpdates: updates.slice(0, namesMax) }),
    ...(buffered.size > 0 && {
      bufferedSignals: [...buffered].slice(0, namesMax).map(([name, payloads]) => ({ name, count: payloads.length })),
    }),
  };
}

import {
  type Definitions,
  type HistoryEvent,
  type RunId,
  RunState,
  type RunStatus,
  replay,
  type SearchAttributes,
  type Suspension,
} from '@marathon/core';
import { freshExecution, unwatchedLoop } from '../replay/fresh-execution.js';

/** A run and what it waits for. */
export interface RunDescription {
  readonly workflowId: string;
  readonly runId: RunId;
  readonly workflow: string;
  readonly status: RunStatus;
  /** What the code says of where the run stands. */
  readonly statusText?: string;
  /** These two as the start stated them and the code has changed them. */
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly searchAttributes?: SearchAttributes;
  /** Why its code was stopped. */
  readonly suspension?: Suspension;
  readonly pending: {
    readonly activities: readonly { readonly activity: string; readonly attempt: number; readonly lastFailure?: string }[];
    readonly timers: readonly { readonly firesAtMs: number }[];
    /** The names of the signals that the code waits for. */
    readonly signals: readonly string[];
    /** The code awaits a promise that is not durable: no event settles it, but a handler may. */
    readonly promise?: true;
  };
}

export async function describeRun(runId: RunId, history: readonly HistoryEvent[], definitions: Definitions): Promise<RunDescription> {
  const state = RunState.of(history);
  const { workflow, workflowId } = state.started.data;
  const { statusText, memo, searchAttributes } = state.labels;
  return {
    workflowId,
    runId,
    workflow,
    status: state.status,
    ...(statusText !== undefined && { statusText }),
    ...(memo && { memo }),
    ...(searchAttributes && { searchAttributes }),
    ...(state.suspension && { suspension: state.suspension }),
    pending: {
      activities: [...state.activities.values()].map(({ activity, attempt, lastFailure }) => ({
        activity,
        attempt,
        ...(lastFailure && { lastFailure: `${lastFailure.type}: ${lastFailure.message}` }),
      })),
      timers: [...state.timers.values()].map((firesAtMs) => ({ firesAtMs })),
      ...(state.isOpen && !state.suspension ? await awaitedByCode(runId, history, state, definitions) : { signals: [] }),
    },
  };
}

/** No history says what signals and promises code waits for: a replay does. */
async function awaitedByCode(runId: RunId, history: readonly HistoryEvent[], { started }: RunState, definitions: Definitions) {
  const definition = definitions.get(started.data.workflow);
  if (!definition) return { signals: [] };
  const shadow = freshExecution(runId, definition, history);
  await replay(shadow, history, unwatchedLoop());
  const { awaitsPromise, signals } = shadow;
  shadow.abandon();
  return { signals: signals.awaited, ...(awaitsPromise && { promise: true as const }) };
}

/** What an open run waits for, in words. */
export function waitsFor({ pending }: RunDescription): string {
  const waits = [
    ...pending.activities.map(({ activity }) => `activity "${activity}"`),
    ...pending.timers.map(({ firesAtMs }) => `a timer that fires at ${new Date(firesAtMs).toISOString()}`),
    ...pending.signals.map((name) => `signal "${name}"`),
    ...(pending.promise ? ['a promise that is not durable, so that only its handlers could settle it'] : []),
  ];
  return waits.join(' and ') || 'nothing that a test environment knows';
}

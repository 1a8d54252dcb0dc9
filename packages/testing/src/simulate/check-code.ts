import {
  type AnyWorkflowDefinition,
  closedStatusOf,
  type Execution,
  type HistoryEvent,
  type RunId,
  replay,
  roleOf,
  type Suspension,
  type TypedEvent,
} from '@marathon/core';
import { freshExecution, unwatchedLoop } from '../replay/fresh-execution.js';
import { QuestionedExecution } from './questioned-execution.js';
import { WatchedExecution } from './watched-execution.js';

/** A run whose code is checked. */
export interface CheckedCode {
  readonly runId: RunId;
  readonly definition: AnyWorkflowDefinition;
  readonly history: readonly HistoryEvent[];
  /** Called before each replay: nothing but the history is as it was. */
  beforeReplay(): void;
}

/** Replays of one history, spread over it when it is longer. */
const replaysMax = 200;

/** What is wrong with the code of a run, in words, as far as replays of its history show. */
export async function codeViolations(code: CheckedCode): Promise<readonly string[]> {
  const { runId, definition, history } = code;
  const suspended = history.find((event) => event.type === 'WorkflowSuspended');
  if (suspended) return [`its code was stopped at event ${suspended.seq}: ${shown(suspended.data.suspension)}`];
  for (const end of spread(cuts(history))) {
    code.beforeReplay();
    const execution = freshExecution(runId, definition, history);
    const { divergence } = await replay(execution, history.slice(0, end), unwatchedLoop());
    execution.abandon();
    // Requests that came while the code ended stand between its end and the closing event.
    const isCutShort = end < history.length && divergence?.expected === 'the code goes on';
    if (divergence && !isCutShort) return [`a replay of its first ${end} events: ${shown(divergence)}`];
  }
  return [...(await floatingPromises(code)), ...(await changingQueries(code))];
}

function spread(ends: readonly number[]): readonly number[] {
  const step = Math.max(1, Math.ceil(ends.length / replaysMax));
  return ends.filter((_, i) => i % step === 0 || i === ends.length - 1);
}

/** Where a history may end: before what comes from outside, and at its end. */
function cuts(history: readonly HistoryEvent[]): readonly number[] {
  const inner = history.filter(({ seq, type }) => seq > 1 && roleOf(type) === 'input').map(({ seq }) => seq - 1);
  return [...inner, history.length];
}

/** Captured before a test could replace it. */
const { setTimeout: realTimeout } = globalThis;
/** Of real time: what code awaits that is not durable settles when it likes. */
const settlingMs = 100;

/** Code goes on by itself, a moment after replays have brought it to each place at which it waits: it awaits what is not durable. */
export async function foreignAwaits(codes: readonly CheckedCode[]): Promise<readonly string[]> {
  const waiting: { readonly execution: Execution; readonly end: number }[] = [];
  for (const { runId, definition, history } of codes) {
    for (const end of spread(cuts(history))) {
      const execution = freshExecution(runId, definition, history);
      await replay(execution, history.slice(0, end), unwatchedLoop());
      waiting.push({ execution, end });
    }
  }
  await new Promise((resolve) => realTimeout(resolve, settlingMs));
  const found = waiting.find(({ execution }) => execution.suspension);
  for (const { execution } of waiting) execution.abandon();
  return found?.execution.suspension ? [`it goes on by itself behind event ${found.end}: ${shown(found.execution.suspension)}`] : [];
}

async function floatingPromises({ runId, definition, history }: CheckedCode): Promise<readonly string[]> {
  const last = history.at(-1)?.type;
  if (last !== 'WorkflowCompleted' && last !== 'WorkflowContinuedAsNew') return [];
  const execution = new WatchedExecution(runId, definition, history[0] as TypedEvent<'WorkflowStarted'>, () => {});
  const floating = await execution.floating(async () => void (await replay(execution, history, unwatchedLoop())));
  execution.abandon();
  return floating.map((call) => `nobody awaits ${call}: the run may close before it is done, and its failure goes unseen`);
}

/** Each query that takes no input is asked twice after each event: it answers the same, and the code goes on as if nobody had asked. */
async function changingQueries({ runId, definition, history }: CheckedCode): Promise<readonly string[]> {
  const execution = new QuestionedExecution(runId, definition, history[0] as TypedEvent<'WorkflowStarted'>, () => {});
  const { divergence } = await replay(execution, history, unwatchedLoop());
  execution.abandon();
  if (execution.changing.size > 0)
    return [...execution.changing].map((name) => `query "${name}" changes what it answers from: it may only look`);
  return divergence && execution.wasAsked ? [`its queries change what its code does: ${shown(divergence)}`] : [];
}

/** Code that waited when it was canceled and ended as if nothing had been asked has swallowed the cancellation. */
export async function swallowedCancellation({ runId, definition, history }: CheckedCode): Promise<readonly string[]> {
  const requested = history.find(({ type }) => type === 'CancelRequested');
  const last = history.at(-1);
  const status = last && closedStatusOf(last.type);
  if (!requested || status === 'Canceled' || status === 'Failed') return [];
  const execution = freshExecution(runId, definition, history);
  await replay(execution, history.slice(0, requested.seq - 1), unwatchedLoop());
  const hadEnded = execution.outcome !== undefined;
  execution.abandon();
  return hadEnded
    ? []
    : [
        `it was canceled at event ${requested.seq} and ended as ${status ?? 'if it had not been: it is open'}: a catch swallows WorkflowCanceledError`,
      ];
}

const shown = ({ message, expected, actual }: Suspension) =>
  expected === undefined ? message : `${message}; expected ${expected}, got ${actual}`;

import {
  type AnyWorkflowDefinition,
  closedStatusOf,
  type HistoryEvent,
  isClosed,
  isItem,
  moveOut,
  type PayloadStore,
  type RunRequest,
  type RunRow,
  RunState,
  replay,
} from '@marathon/core';
import { freshExecution, unwatchedLoop } from '../replay/fresh-execution.js';

/** A run as the event log has it, and what gateways had accepted for it. */
export interface CheckedRun {
  readonly row: RunRow;
  readonly history: readonly HistoryEvent[];
  readonly accepted: readonly RunRequest[];
}

/** Where the payloads are that histories refer to. */
export type Payloads = Pick<PayloadStore, 'read' | 'referenceTo'>;

/** What is wrong with a run, in words; nothing when all holds. */
export type RunCheck = (run: CheckedRun) => readonly string[];

export const isGapless: RunCheck = ({ history }) =>
  history.flatMap(({ seq }, i) => (seq === i + 1 ? [] : [`event ${i + 1} has the number ${seq}`]));

export const neverGoesBackInTime: RunCheck = ({ history }) =>
  history.flatMap(({ seq, at }, i) => (at < (history[i - 1]?.at ?? 0) ? [`event ${seq} is from before the one before it`] : []));

/** It begins with one start, ends with one closing event or none, and its row says the same. */
export const isWhole: RunCheck = ({ row, history }) => {
  const wrong: string[] = [];
  for (const [i, { seq, type }] of history.entries()) {
    if ((type === 'WorkflowStarted') !== (i === 0)) wrong.push(`event ${seq} is a ${type}`);
    if (closedStatusOf(type) && i < history.length - 1) wrong.push(`event ${seq} closes the run, and more follow`);
  }
  const last = history.at(-1);
  const status = last && closedStatusOf(last.type);
  if (row.lastSeq !== last?.seq) wrong.push(`the row says that ${row.lastSeq} is the last event, the history ${last?.seq}`);
  if (isClosed(row.status) ? row.status !== status : status !== undefined)
    wrong.push(`the row says ${row.status}, the history ${last?.type}`);
  if (isClosed(row.status) && row.closedAtMs !== last?.at) wrong.push(`the row says that it closed at ${row.closedAtMs}`);
  return wrong;
};

/** Every request that was accepted is in the history once, in the order of the numbers, and as it was sent. */
export const recordsRequests: RunCheck = ({ history, accepted }) => {
  const wrong: string[] = [];
  const recorded = history.flatMap((event) => {
    const n = requestNumber(event);
    return n === undefined ? [] : [{ n, event }];
  });
  const taken = recorded.filter(({ event }) => event.type !== 'WorkflowTerminated');
  for (const [i, { n }] of taken.entries())
    if (n <= (taken[i - 1]?.n ?? 0)) wrong.push(`request ${n} is recorded after ${taken[i - 1]?.n}`);
  for (const request of accepted) {
    const found = recorded.filter(({ n }) => n === request.n);
    // Another end that was not of the code's making came first.
    const isCovered = request.kind === 'terminate' && isEndedByOthers(history);
    if (found.length === 0 && !isCovered && !isOfItem(history, request))
      wrong.push(`request ${request.n} (${request.kind}) is not recorded`);
    for (const { event } of found) if (!says(event, request)) wrong.push(`request ${request.n} is recorded as ${JSON.stringify(event)}`);
  }
  for (const { n } of recorded) if (!accepted.some((request) => request.n === n)) wrong.push(`request ${n} was never accepted`);
  return wrong;
};

/** The same id is the same update. */
export const takesUpdatesOnce: RunCheck = ({ history }) => {
  const ids = history.flatMap((event) => (event.type === 'UpdateReceived' || event.type === 'UpdateRefused' ? [event.data.updateId] : []));
  return ids.filter((id, i) => ids.indexOf(id) < i).map((id) => `update ${id} is recorded twice`);
};

const isEndedByOthers = (history: readonly HistoryEvent[]): boolean =>
  ['WorkflowTerminated', 'WorkflowTimedOut'].includes(history.at(-1)?.type ?? '') || RunState.of(history).endedInLine;

/** Of an outcome that a token brought to an item of a map the end of the map knows; nobody does when the run closed before that. */
const isOfItem = (history: readonly HistoryEvent[], request: RunRequest): boolean =>
  (request.kind === 'complete-activity' || request.kind === 'fail-activity') &&
  isItem(request.activitySeq) &&
  (leavesMaps(history) || history.some(({ data }) => 'taken' in data && data.taken !== undefined && data.taken >= request.n));

function leavesMaps(history: readonly HistoryEvent[]): boolean {
  const maps = RunState.of(history).maps?.open.size ?? 0;
  return maps > 0 && closedStatusOf(history.at(-1)?.type ?? 'WorkflowStarted') !== undefined;
}

function requestNumber(event: HistoryEvent): number | undefined {
  switch (event.type) {
    case 'SignalReceived':
    case 'CancelRequested':
    case 'WorkflowTerminated':
    case 'WorkflowResumed':
    case 'ActivityCompleted':
    case 'ActivityFailed':
    case 'ActivityTimedOut':
    case 'ActivityRetryScheduled':
    case 'ActivityCompletionDropped':
    case 'UpdateReceived':
    case 'UpdateRefused':
    case 'ActivityAdmitted':
    case 'WorkflowAdmitted':
      return event.data.n;
    default:
      return undefined;
  }
}

function says(event: HistoryEvent, request: RunRequest): boolean {
  switch (request.kind) {
    case 'signal':
      return event.type === 'SignalReceived' && event.data.name === request.name && event.payload === request.payload;
    case 'update': {
      if (event.type !== 'UpdateReceived' && event.type !== 'UpdateRefused') return false;
      const { updateId, name } = event.data;
      return (
        updateId === request.updateId && name === request.name && (event.type === 'UpdateRefused' || event.payload === request.payload)
      );
    }
    case 'cancel':
      return event.type === 'CancelRequested' && event.data.reason === request.reason;
    case 'terminate':
      return event.type === 'WorkflowTerminated' && event.data.reason === request.reason;
    case 'resume':
      return event.type === 'WorkflowResumed';
    case 'complete-activity':
      return event.type === 'ActivityCompleted'
        ? event.payload === request.payload && event.data.answeredBy === request.answeredBy
        : event.type === 'ActivityCompletionDropped';
    case 'admit-run':
      return event.type === 'WorkflowAdmitted';
    case 'admit-activity':
      return event.type === 'ActivityAdmitted' && event.data.activitySeq === request.activitySeq && event.data.attempt === request.attempt;
    case 'fail-activity':
      return ['ActivityFailed', 'ActivityTimedOut', 'ActivityRetryScheduled', 'ActivityCompletionDropped'].includes(event.type);
  }
}

/** An open run will move again: time, an activity, a step, a signal or a deployment will see to it. */
export async function hasWakeCause(
  { row, history }: CheckedRun,
  definition: AnyWorkflowDefinition,
  payloads?: Payloads,
): Promise<readonly string[]> {
  const state = RunState.of(history);
  if (!state.isOpen) return [];
  if (state.asked.hasOutgoing || state.asked.children.size > 0) return [];
  if (state.maps && state.maps.open.size > 0) return [];
  if (state.suspension || state.startsAtMs !== undefined || state.awaitsPlace || state.activities.size > 0 || state.timers.size > 0)
    return [];
  const execution = freshExecution(row.runId, definition, history);
  const { unrecorded } = await replay(execution, history, unwatchedLoop(), payloads);
  const waits = unrecorded.length > 0 || execution.steps.size > 0 || execution.awaitsRequests;
  execution.abandon();
  return waits ? [] : ['nothing will ever move it'];
}

/** The code does on replay what the history says, unless the run ended while it was suspended. */
export async function replays(
  { row, history }: CheckedRun,
  definition: AnyWorkflowDefinition,
  payloads?: Payloads,
): Promise<readonly string[]> {
  const last = history.at(-1);
  if (last && closedStatusOf(last.type) && RunState.of(history.slice(0, -1)).suspension) return [];
  const execution = freshExecution(row.runId, definition, history);
  const { divergence } = await replay(execution, history, unwatchedLoop(), payloads);
  execution.abandon();
  return divergence ? [`replay: ${divergence.message}: expected ${divergence.expected}, got ${divergence.actual}`] : [];
}

/** Signals that came and were not consumed when the run ended, by replay. */
export async function unconsumedSignals({ row, history }: CheckedRun, definition: AnyWorkflowDefinition, payloads?: Payloads) {
  const execution = freshExecution(row.runId, definition, history);
  await replay(execution, history, unwatchedLoop(), payloads);
  execution.abandon();
  const { unconsumed } = execution.signals;
  return payloads ? unconsumed.map((signal) => moveOut(signal, (text) => payloads.referenceTo(text)).moved) : unconsumed;
}

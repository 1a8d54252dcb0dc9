import type { Outcome } from '../execution/command.js';
import type { Execution } from '../execution/execution.js';
import { outcomeEvent } from '../execution/recorded-command.js';
import type { HistoryEvent } from '../history/event.js';
import type { RunId } from '../ids.js';
import type { Successor } from '../ports/run-store.port.js';
import type { NewEvent } from './new-event.js';
import type { RunState } from './run-state.js';
import { successorStart } from './successor.js';

/** The last event of a run, and the run that goes on for it. */
export interface Closing {
  readonly event: HistoryEvent;
  readonly successor?: Successor;
}

/** What a closing is made of. */
interface EndedRun {
  readonly runId: RunId;
  readonly state: RunState;
  readonly at: number;
  readonly execution: Execution;
  readonly newRunId: () => RunId;
  readonly moveOut: <Event extends NewEvent>(event: Event) => Event;
}

/** How a run closes whose code has ended. */
export function closingOf(outcome: Outcome, run: EndedRun): Closing {
  const place = { seq: run.state.lastSeq + 1, at: run.at };
  if (outcome.kind !== 'continued-as-new') return { event: { ...place, ...run.moveOut(outcomeEvent(outcome)) } as HistoryEvent };
  const { input } = outcome;
  const newRunId = run.newRunId();
  const successor = successorOf(outcome, newRunId, run);
  const event: NewEvent = { type: 'WorkflowContinuedAsNew', data: { newRunId }, ...(input !== undefined && { payload: input }) };
  return { event: { ...place, ...run.moveOut(event) } as HistoryEvent, successor };
}

function successorOf(
  { input }: Extract<Outcome, { kind: 'continued-as-new' }>,
  newRunId: RunId,
  { runId, state, at, execution, moveOut }: EndedRun,
): Successor {
  const signals = execution.signals.unconsumed;
  const started = moveOut(successorStart(runId, state, { signals, at, ...(input !== undefined && { input }) }));
  const { runTimeoutMs } = started.data;
  return { runId: newRunId, started, ...(runTimeoutMs !== undefined && { wakesAtMs: at + runTimeoutMs }) };
}

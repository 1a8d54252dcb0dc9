import { Execution } from '../src/execution/execution.js';
import { type AnyWorkflowDefinition, type HistoryEvent, type Replayed, replay, runId, TurnLoop, type TypedEvent } from '../src/index.js';

/** Replays a history on the code given, as a new owner would. */
export function replayOf(definition: AnyWorkflowDefinition, history: readonly HistoryEvent[]): Promise<Replayed> {
  const started = history[0] as TypedEvent<'WorkflowStarted'>;
  const execution = new Execution(runId('run'), definition, started, () => {});
  return replay(execution, history, new TurnLoop({ turnBegan() {}, turnEnded() {} }));
}

import {
  type AnyWorkflowDefinition,
  Execution,
  type HistoryEvent,
  isInputOpen,
  type RunId,
  TurnLoop,
  type TypedEvent,
} from '@marathon/core';

/** The code of a run before its first event, for a replay. */
export function freshExecution(runId: RunId, definition: AnyWorkflowDefinition, history: readonly HistoryEvent[]): Execution {
  const execution = new Execution(runId, definition, history[0] as TypedEvent<'WorkflowStarted'>, () => {});
  execution.checksInput = isInputOpen(history);
  return execution;
}

/** A loop that nobody watches. */
export const unwatchedLoop = (): TurnLoop => new TurnLoop({ turnBegan() {}, turnEnded() {} });

import { type AnyWorkflowDefinition, Execution, type HistoryEvent, type RunId, TurnLoop, type TypedEvent } from '@marathon/core';

/** The code of a run before its first event, for a replay. */
export function freshExecution(runId: RunId, definition: AnyWorkflowDefinition, history: readonly HistoryEvent[]): Execution {
  return new Execution(runId, definition, history[0] as TypedEvent<'WorkflowStarted'>, () => {});
}

/** A loop that nobody watches. */
export const unwatchedLoop = (): TurnLoop => new TurnLoop({ turnBegan() {}, turnEnded() {} });

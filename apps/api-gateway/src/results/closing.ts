import { type ClosedStatus, closedStatusOf, type Failure, type HistoryEvent, type Payload, type RunId } from '@marathon/core';
import { withMember, writeFailure } from '@marathon/protocol';

/** How a run ended. */
export interface Closing {
  readonly runId: RunId;
  readonly status: ClosedStatus;
  readonly result?: Payload;
  readonly failure?: Failure;
  /** The run that goes on for it, when it continued as new. */
  readonly newRunId?: RunId;
}

/** @throws RangeError for an event that closes nothing. */
export function closingOf(runId: RunId, event: HistoryEvent): Closing {
  const status = closedStatusOf(event.type);
  if (!status) throw new RangeError(`${event.type} closes no run`);
  if (event.type === 'WorkflowFailed') return { runId, status, failure: event.data.failure };
  if (event.type === 'WorkflowContinuedAsNew') return { runId, status, newRunId: event.data.newRunId };
  return event.type === 'WorkflowCompleted' && event.payload !== undefined ? { runId, status, result: event.payload } : { runId, status };
}

/** The result goes from the history into the answer as the text it is. */
export function withOutcome(object: string, closing: Pick<Closing, 'result' | 'failure'> | undefined): string {
  return withMember(withMember(object, 'result', closing?.result), 'failure', closing?.failure && writeFailure(closing.failure));
}

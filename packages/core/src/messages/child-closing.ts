import type { ChildClosing, HistoryEvent } from '../history/event.js';
import type { Payload } from '../payload.js';

/** How a run ended, as its parent is told; nothing for an event that closes no run, or after which another run goes on. */
export function childClosing(event: HistoryEvent): (ChildClosing & { readonly result?: Payload }) | undefined {
  switch (event.type) {
    case 'WorkflowCompleted':
      return { status: 'Completed', ...(event.payload !== undefined && { result: event.payload }) };
    case 'WorkflowFailed':
      return { status: 'Failed', failure: event.data.failure };
    case 'WorkflowTimedOut':
      return { status: 'TimedOut' };
    case 'WorkflowCanceled':
    case 'WorkflowTerminated': {
      const { reason } = event.data;
      return { status: event.type === 'WorkflowCanceled' ? 'Canceled' : 'Terminated', ...(reason !== undefined && { reason }) };
    }
    default:
      return undefined;
  }
}

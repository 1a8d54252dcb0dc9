import type { HistoryEvent } from '@marathon/core';

/** How a run ended, in one sentence. */
export function endOf(closing: HistoryEvent): string {
  switch (closing.type) {
    case 'WorkflowCompleted':
      return 'The run has completed.';
    case 'WorkflowFailed':
      return `The run has failed: ${closing.data.failure.type}: ${closing.data.failure.message}.`;
    case 'WorkflowCanceled':
      return `The run was canceled${because(closing.data.reason)}.`;
    case 'WorkflowTerminated':
      return `The run was terminated${because(closing.data.reason)}.`;
    case 'WorkflowTimedOut':
      return `The run timed out after ${closing.data.runTimeoutMs} ms.`;
    case 'WorkflowContinuedAsNew':
      return `The run goes on as ${closing.data.newRunId}.`;
    default:
      throw new RangeError(`${closing.type} closes no run`);
  }
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason}`);

import type { RunRow, SearchAttributes } from '@marathon/core';
import type { WorkflowSummary } from '@marathon/protocol';
import { instant } from './instant.js';

/** A run as lists show it. */
export const summaryOf = (
  { workflowId, runId, workflow, status, taskQueue, startedAtMs, closedAtMs, lastSeq, statusText }: RunRow,
  searchAttributes: SearchAttributes | undefined,
): WorkflowSummary => ({
  workflowId,
  runId,
  workflow,
  status,
  taskQueue,
  startedAt: instant(startedAtMs),
  ...(closedAtMs !== undefined && { closedAt: instant(closedAtMs) }),
  lastSeq,
  ...(statusText && { statusText }),
  ...(searchAttributes && { searchAttributes }),
});

import type { RunRow } from '@marathon/core';
import type { WorkflowSummary } from '@marathon/protocol';
import { instant } from './instant.js';

/** A run as lists show it. */
export const summaryOf = ({
  workflowId,
  runId,
  workflow,
  status,
  taskQueue,
  startedAtMs,
  closedAtMs,
  lastSeq,
}: RunRow): WorkflowSummary => ({
  workflowId,
  runId,
  workflow,
  status,
  taskQueue,
  startedAt: instant(startedAtMs),
  ...(closedAtMs !== undefined && { closedAt: instant(closedAtMs) }),
  lastSeq,
});

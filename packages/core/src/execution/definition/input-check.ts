import type { HistoryEvent } from '../../history/event.js';
import type { RunStatus } from '../../run/status.js';

/**
 * Whether it is still to be decided if the input of a run fits: its code has not begun, or was kept from beginning by just that. What has
 * begun goes on, also under a contract that would refuse it today.
 * @param status as the event log has it; a history alone does not tell that code has begun which waits for its first signal
 */
export function isInputOpen(history: readonly HistoryEvent[], status?: RunStatus): boolean {
  const last = history.at(-1);
  if (last?.type === 'WorkflowFailed') return last.data.failure.type === 'WorkflowInputInvalidError';
  if (status === 'Pending') return true;
  const stop = history.findLast(({ type }) => type === 'WorkflowSuspended' || type === 'WorkflowResumed');
  return stop?.type === 'WorkflowSuspended' && stop.data.unprocessedFrom <= 1;
}

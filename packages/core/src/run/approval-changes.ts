import type { HistoryEvent } from '../history/event.js';
import type { ApprovalChanges, OpenApproval } from '../ports/run-store.port.js';
import type { PendingActivity } from './pending-activity.js';
import type { RunState } from './run-state.js';

/** What becomes of the list of open approvals with these events, which the state has taken in but for a closing one; nothing as a rule. */
export function approvalChanges(state: RunState, events: readonly HistoryEvent[], isClosing: boolean): ApprovalChanges | undefined {
  if (state.approvals.size === 0) return undefined;
  const touched = new Set(events.map(activitySeqOf).filter((seq) => seq !== undefined && state.approvals.has(seq)) as number[]);
  if (isClosing) for (const { seq, approval } of state.activities.values()) if (approval) touched.add(seq);
  if (touched.size === 0) return undefined;
  const open = isClosing ? [] : [...touched].flatMap((seq) => state.activities.get(seq) ?? []);
  const isOpen = new Set(open.map(({ seq }) => seq));
  return { opened: open.map(rowOf), closed: [...touched].filter((seq) => !isOpen.has(seq)) };
}

const activitySeqOf = ({ type, seq, data }: HistoryEvent): number | undefined =>
  type === 'ActivityScheduled' ? seq : 'activitySeq' in data ? data.activitySeq : undefined;

function rowOf({ seq, scheduledAtMs, approval, options }: PendingActivity): OpenApproval {
  const { escalatesAtMs } = approval ?? {};
  const { escalation } = options.approval ?? {};
  return {
    activitySeq: seq,
    title: options.approval?.title ?? '',
    assignee: approval?.assignee,
    openedAtMs: scheduledAtMs,
    deadlineMs: options.scheduleToCloseTimeoutMs && scheduledAtMs + options.scheduleToCloseTimeoutMs,
    escalation: escalation && escalatesAtMs !== undefined ? { atMs: escalatesAtMs, assignee: escalation.assignee } : undefined,
  };
}

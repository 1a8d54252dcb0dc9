import { isLimited } from '@marathon/core';
import type { RunCheck } from './check-run.js';

/** No attempt that comes under limits began before it was let in, and no code of a run that does. */
export const waitsForLimits: RunCheck = ({ history }) => {
  const wrong: string[] = [];
  const limited = new Set<number>();
  const admitted = new Set<string>();
  let isQueued = false;
  for (const { seq, type, data } of history) {
    if (type === 'ActivityScheduled' && isLimited(data)) limited.add(seq);
    if (type === 'ActivityAdmitted') admitted.add(`${data.activitySeq}/${data.attempt}`);
    if (type === 'WorkflowQueued') isQueued = true;
    if (type === 'WorkflowAdmitted') isQueued = false;
    const isOfAttempt = type === 'ActivityStarted' || type === 'ActivityCompleted' || type === 'ActivityFailed';
    if (isOfAttempt && limited.has(data.activitySeq) && !admitted.has(`${data.activitySeq}/${data.attempt}`))
      wrong.push(`event ${seq} (${type}) is of an attempt that was not let in`);
    if (isQueued && (type === 'ActivityScheduled' || type === 'TimerStarted')) wrong.push(`event ${seq} (${type}) is of a run that waits`);
  }
  return wrong;
};

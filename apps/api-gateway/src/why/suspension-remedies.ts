import { type Suspension, type SuspensionReason, shortHistoryRemedy } from '@marathon/core';

const deploy = 'a new build of the orchestrator takes the run up by itself';

const remedies: Record<SuspensionReason, string> = {
  'non-deterministic': `Mend what the message names, so that the code does again what its history says, and deploy: ${deploy}.`,
  'foreign-await': `Await only what is durable (activities, steps, timers, signals, conditions) and deploy: ${deploy}.`,
  'unhandled-rejection': `Await or catch the promise that was rejected, and deploy: ${deploy}.`,
  unresponsive: 'It is taken up by itself; when it is suspended again, move what computes for long into an activity and deploy.',
  'ended-owners': `Move what computes for long into an activity and deploy: ${deploy}.`,
  'unknown-workflow': `Deploy an orchestrator that has the workflow on this task queue: ${deploy}.`,
  limit: `Let the code ${shortHistoryRemedy}, and deploy: ${deploy}. Or let orchestrators allow more (MARATHON_HISTORY_EVENTS_MAX).`,
};

/** What would move a suspended run; `/resume` tries the same build once more, and `/terminate` ends it. */
export function suspensionRemedy({ reason }: Suspension, workflowId: string): string {
  const path = `/workflows/${encodeURIComponent(workflowId)}`;
  return `${remedies[reason]} POST ${path}/resume tries it again now; POST ${path}/terminate gives it up.`;
}

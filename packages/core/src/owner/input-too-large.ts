import type { TaskMessage } from '../messages/message.js';
import type { RunInput } from '../run/run-input.js';

/** What a task comes to that no message can carry: no further attempt would fare better. */
export function inputTooLarge({ activitySeq, attempt, activity }: TaskMessage): RunInput {
  const message = `the input of activity "${activity}" is too large for a message`;
  const outcome = { outcome: 'failed', failure: { type: 'InputTooLarge', message, nonRetryable: true } } as const;
  return { kind: 'attempt-finished', activitySeq, attempt, outcome };
}

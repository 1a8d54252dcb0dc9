import type { NewEvent } from './new-event.js';
import { nextAttemptAtMs } from './retry.js';
import type { RunInput } from './run-input.js';
import type { RunState } from './run-state.js';

type StepFinished = Extract<RunInput, { kind: 'step-finished' }>;

/** Nothing when it is of an attempt that is over. */
export function stepFinished({ stepRetries }: RunState, input: StepFinished, nowMs: number): NewEvent | undefined {
  const { step, name, inputDigest, attempt, outcome, limits } = input;
  if (attempt !== (stepRetries?.of(step)?.attempt ?? 1)) return undefined;
  const data = inputDigest === undefined ? { step, name } : { step, name, inputDigest };
  if (outcome.outcome === 'completed')
    return { type: 'StepCompleted', data, ...(outcome.result !== undefined && { payload: outcome.result }) };
  const { failure } = outcome;
  const { retry, closesAtMs = Number.POSITIVE_INFINITY } = limits ?? {};
  const firesAtMs = retry && nextAttemptAtMs(retry, attempt, failure, nowMs, closesAtMs);
  if (firesAtMs !== undefined) return { type: 'StepRetryScheduled', data: { ...data, attempt: attempt + 1, firesAtMs, failure } };
  return { type: 'StepFailed', data: { ...data, ...(attempt > 1 && { attempt }), failure } };
}

export function stepRetryDue(
  { stepRetries }: RunState,
  { step, attempt }: Extract<RunInput, { kind: 'step-retry-due' }>,
): NewEvent | undefined {
  const retry = stepRetries?.of(step);
  if (retry?.attempt !== attempt || retry.isDue) return undefined;
  return { type: 'StepRetryDue', data: { step, attempt } };
}

import { type AttemptOutcome, encodePayload, failureOf, PayloadError, PayloadTooLargeError } from '@marathon/core';
import { ActivityAbortedError } from '../activity.errors.js';

/** How an attempt ended here. `deferred`: its outcome comes from elsewhere. */
export type AttemptEnd = AttemptOutcome | { readonly outcome: 'deferred' };

/**
 * What the code returned, or the failure that it is when it cannot be recorded.
 * @param bytesMax of what can be sent; infinite where a gateway takes the rest
 */
export function outcomeOfResult(result: unknown, bytesMax: number): AttemptOutcome {
  try {
    const payload = encodePayload(result, 'the result');
    if (payload === undefined) return { outcome: 'completed' };
    const bytes = utf8Bytes(payload, bytesMax);
    return bytes > bytesMax
      ? resultTooLarge(`the result has ${bytes} bytes as JSON, ${bytesMax} are allowed`)
      : { outcome: 'completed', result: payload };
  } catch (error) {
    if (error instanceof PayloadTooLargeError) return resultTooLarge(error.message);
    if (error instanceof PayloadError) return refusal('ResultNotSerializable', error.message);
    throw error;
  }
}

/** What the code threw. An attempt that shutdown broke off was not at fault: it is handed back, so that it uses no attempt up. */
export function outcomeOfError(thrown: unknown, aborted: ActivityAbortedError | undefined): AttemptOutcome {
  if (aborted?.because === 'shutdown' && isAbort(thrown, aborted)) return handedBack(aborted.message);
  return { outcome: 'failed', failure: failureOf(thrown) };
}

/** The code never ran. */
export const canceledBeforeStart = (): AttemptOutcome => ({
  outcome: 'failed',
  failure: { ...failureOf(new ActivityAbortedError('canceled')), nonRetryable: true },
});

/** Instead of an outcome that the stream refuses for good. Small enough for any stream. */
export function outcomeOfRefusal(refused: AttemptOutcome): AttemptOutcome {
  if (refused.outcome === 'failed')
    return refusal('FailureTooLarge', `the failure is too large for the stream; its type was ${refused.failure.type.slice(0, 200)}`);
  return resultTooLarge('the result is too large for the stream');
}

export const handedBack = (reason: string): AttemptOutcome => ({ outcome: 'handed-back', reason });

const resultTooLarge = (what: string): AttemptOutcome => refusal('ResultTooLarge', `${what}; keep it elsewhere and return where it is`);

const refusal = (type: string, message: string): AttemptOutcome => ({ outcome: 'failed', failure: { type, message, nonRetryable: true } });

/** Exact only where it matters: a UTF-16 unit takes three bytes at most. */
export const utf8Bytes = (text: string, bytesMax: number): number => (text.length * 3 <= bytesMax ? text.length : Buffer.byteLength(text));

/** Libraries wrap the signal's reason, or throw an `AbortError` of their own. */
function isAbort(thrown: unknown, aborted: ActivityAbortedError): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth += 1) {
    if (error === aborted || error.name === 'AbortError') return true;
  }
  return false;
}

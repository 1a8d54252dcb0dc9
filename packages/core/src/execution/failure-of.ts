import type { Failure } from '../failure.js';
import { encodePayload } from '../payload.js';

/** Longer messages are cut, deeper causes dropped: a failure is recorded with every attempt. */
const messageCharsMax = 8_192;
const causeDepthMax = 8;
/** Of the errors that one stands for. */
const errorsMax = 20;

/**
 * What a thrown value looks like in a history, whatever it is. Takes `details`, `nonRetryable` and `attempt` from the error when it has
 * them.
 */
export function failureOf(thrown: unknown): Failure {
  try {
    return describe(thrown, 0);
  } catch {
    return { type: 'NonError', message: 'what was thrown throws when it is looked at' };
  }
}

function describe(thrown: unknown, depth: number): Failure {
  if (!(thrown instanceof Error)) return { type: 'NonError', message: cut(describeThrown(thrown)) };
  const { details, nonRetryable, attempt } = thrown as { details?: unknown; nonRetryable?: unknown; attempt?: unknown };
  const encoded = encodeDetails(details ?? errorsOf(thrown));
  return {
    type: cut(thrown.name || 'Error'),
    message: cut(thrown.message),
    ...(nonRetryable === true && { nonRetryable }),
    ...(isAttempt(attempt) && { attempt }),
    ...(encoded !== undefined && { details: encoded }),
    ...(thrown.cause !== undefined && depth < causeDepthMax && { cause: describe(thrown.cause, depth + 1) }),
  };
}

const isAttempt = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** Of an error that stands for several: without it, nobody would learn what they were. */
function errorsOf(thrown: Error): unknown {
  if (!(thrown instanceof AggregateError) || !Array.isArray(thrown.errors)) return undefined;
  return { errors: thrown.errors.slice(0, errorsMax).map((error: unknown) => shortly(error)) };
}

/** Without what is in them: errors may contain each other. */
function shortly(error: unknown): { readonly type: string; readonly message: string } {
  const [type, message] = error instanceof Error ? [error.name, error.message] : ['NonError', describeThrown(error)];
  return { type: String(type).slice(0, 200), message: String(message).slice(0, 1_000) };
}

/** Nothing keeps code from giving an error a name or a message that is no text. */
function cut(value: unknown): string {
  const text = String(value);
  return text.length > messageCharsMax ? `${text.slice(0, messageCharsMax)}…` : text;
}

function describeThrown(thrown: unknown): string {
  try {
    return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** Details that have no JSON form, or are huge, are left out rather than making the failure itself fail. */
function encodeDetails(details: unknown) {
  try {
    const encoded = encodePayload(details);
    return encoded !== undefined && encoded.length <= 65_536 ? encoded : undefined;
  } catch {
    return undefined;
  }
}

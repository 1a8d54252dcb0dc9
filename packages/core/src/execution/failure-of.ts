import type { Failure } from '../failure.js';
import { encodePayload } from '../payload.js';

/** Longer messages are cut, deeper causes dropped: a failure is recorded with every attempt. */
const messageCharsMax = 8_192;
const causeDepthMax = 8;

/**
 * What a thrown value looks like in a history, whatever it is. Takes `details` and `nonRetryable` from the error when it has them.
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
  const { details, nonRetryable } = thrown as { details?: unknown; nonRetryable?: unknown };
  const encoded = encodeDetails(details);
  return {
    type: cut(thrown.name || 'Error'),
    message: cut(thrown.message),
    ...(nonRetryable === true && { nonRetryable }),
    ...(encoded !== undefined && { details: encoded }),
    ...(thrown.cause !== undefined && depth < causeDepthMax && { cause: describe(thrown.cause, depth + 1) }),
  };
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

import type { DeadLetterMessage, DeadLetterReason, IncomingMessage } from '@marathon/core';
import { ProtocolError, type ProtocolErrorCode } from '../protocol.error.js';

const reasons: Readonly<Record<ProtocolErrorCode, DeadLetterReason>> = {
  MARATHON_MESSAGE_MALFORMED: 'malformed',
  MARATHON_MESSAGE_TYPE_UNKNOWN: 'unknown-type',
  MARATHON_MESSAGE_VERSION_UNKNOWN: 'unknown-version',
  MARATHON_MESSAGE_MISPLACED: 'misplaced',
};

/** The dead letter for a message that cannot be read, with what was thrown when that was tried. */
export function deadLetterOf(incoming: IncomingMessage, error: unknown): DeadLetterMessage {
  const { topic, partition, offset, timestampMs, key, headers, value } = incoming;
  const isTold = error instanceof ProtocolError;
  return {
    kind: 'dead-letter',
    reason: isTold ? reasons[error.code] : 'malformed',
    explanation: isTold ? explain(error) : String(error),
    found: { topic, partition, offset, timestampMs, key, headers, value },
  };
}

function explain({ message, issues }: ProtocolError): string {
  const places = issues.map(({ path, message: issue }) => (path === '' ? issue : `${path}: ${issue}`));
  return [message, ...places].join('; ').slice(0, 2_000);
}

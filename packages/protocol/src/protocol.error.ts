import { MarathonError } from '@marathon/core';

export type ProtocolErrorCode =
  | 'MARATHON_MESSAGE_TYPE_UNKNOWN'
  | 'MARATHON_MESSAGE_VERSION_UNKNOWN'
  | 'MARATHON_MESSAGE_MALFORMED'
  | 'MARATHON_MESSAGE_MISPLACED';

/** Where a message differs from its schema. */
export interface ProtocolIssue {
  /** Dotted, such as `request.n`; empty for the message as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A message that this build cannot read. Reading it again gives the same answer, so it belongs in the dead-letter topic. */
export class ProtocolError extends MarathonError {
  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
    /** As far as the message told them. */
    readonly messageType: string | undefined,
    readonly version: number | undefined,
    readonly issues: readonly ProtocolIssue[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

import { MarathonError } from '../errors.js';
import type { Payload } from '../payload.js';
import type { PayloadReference } from '../payload-reference.js';

/**
 * Keeps payloads that are too large for histories and messages. What an implementation promises:
 *
 *  Y1  What was written is durable when `write` resolves, and is read as it was, byte for byte.
 *  Y2  A text is kept once, under the reference that follows from it: who writes it again makes it young again.
 *  Y3  What a history or a waiting request refers to is never removed, nor what was written less than the age ago that is given.
 */
export interface PayloadStore {
  /** The same for the same text, whoever asks: nothing is read or written. */
  referenceTo(text: Payload): PayloadReference;
  /** By reference. Write before the commit that refers to it. */
  write(texts: ReadonlyMap<PayloadReference, Payload>): Promise<void>;
  /** What is not there is left out. */
  read(references: readonly PayloadReference[]): Promise<ReadonlyMap<PayloadReference, Payload>>;
  /** Looks at some of those that were written before, and removes what nothing refers to. The others count as young again. */
  removeUnused(writtenBeforeMs: number): Promise<Removal>;
}

export interface Removal {
  readonly removed: number;
  /** There may be more to look at. */
  readonly isPartial: boolean;
}

/** A history or a message refers to a payload that is not there. */
export class PayloadMissingError extends MarathonError {
  readonly code = 'MARATHON_PAYLOAD_MISSING';

  constructor(readonly reference: PayloadReference) {
    super(`the payload ${reference} is not there`);
  }
}

import type { Payload } from './payload.js';

declare const brand: unique symbol;

/**
 * Stands where a payload stands that is too large for histories and messages, and names it by its content. It begins with a
 * character with which no JSON text does: `@sha256:<64 hexadecimal digits>:<bytes of its UTF-8>`.
 */
export type PayloadReference = Payload & { readonly [brand]: 'PayloadReference' };

/** Payloads of more characters than this are kept beside histories and messages, which refer to them. */
export const inlineCharsMax = 256 * 1024;

export interface ReferredPayload {
  /** Of the text's UTF-8, 64 lower case hexadecimal digits. */
  readonly sha256: string;
  /** Of its UTF-8. */
  readonly bytes: number;
}

const pattern = /^@sha256:([0-9a-f]{64}):(\d{1,9})$/;

export const isReference = (payload: Payload | undefined): payload is PayloadReference => payload?.charCodeAt(0) === 64;

export const payloadReference = ({ sha256, bytes }: ReferredPayload): PayloadReference => `@sha256:${sha256}:${bytes}` as PayloadReference;

/** @throws RangeError for a text that is no reference. */
export function readReference(reference: PayloadReference): ReferredPayload {
  const [, sha256, bytes] = pattern.exec(reference) ?? [];
  if (sha256 === undefined || bytes === undefined) throw new RangeError(`"${reference.slice(0, 100)}" does not refer to a payload`);
  return { sha256, bytes: Number(bytes) };
}

/** Of the text that a payload stands for: 0 when it stands for itself. */
export const outOfLineBytes = (payload: Payload | undefined): number => (isReference(payload) ? readReference(payload).bytes : 0);

import { PayloadError, PayloadTooLargeError } from './errors.js';

declare const brand: unique symbol;

/**
 * A value as the JSON text under which it is recorded. Text, because what code reads back must come from the
 * recorded bytes: `-0`, `1e999` and key order would differ from the live value otherwise.
 */
export type Payload = string & { readonly [brand]: 'Payload' };

/** Inputs, results and signals above this many characters of JSON are refused where they arise. */
export const payloadCharsMax = 64 * 1024 * 1024;
/** The same for what always stands in a message or a row: what queries are asked and answer, memos, details. */
export const smallPayloadCharsMax = 2 * 1024 * 1024;

/**
 * Encodes a value. `undefined` stands for "no value" and gives `undefined`.
 * @param what names the value in errors: `the input of activity "charge"`
 * @throws PayloadError when the value has no JSON form (a function, a BigInt, a cycle, or nested too deep).
 * @throws PayloadTooLargeError above `charsMax`.
 */
export function encodePayload(value: unknown, what = 'the value', charsMax = payloadCharsMax): Payload | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new PayloadError(`${what} has no JSON form: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (text === undefined) throw new PayloadError(`${what} has no JSON form: it is a ${typeof value}`);
  if (text.length > charsMax) throw new PayloadTooLargeError(what, text.length, charsMax);
  return text as Payload;
}

export function decodePayload(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : JSON.parse(payload);
}

/** For text that is known to have come out of `encodePayload`, as rows and messages do. */
export const recordedPayload = (text: string): Payload => text as Payload;

import { PayloadError } from './errors.js';

declare const brand: unique symbol;

/**
 * A value as the JSON text under which it is recorded. Text, because what code reads back must come from the
 * recorded bytes: `-0`, `1e999` and key order would differ from the live value otherwise.
 */
export type Payload = string & { readonly [brand]: 'Payload' };

/**
 * Encodes a value. `undefined` stands for "no value" and gives `undefined`.
 * @throws PayloadError when the value has no JSON form (a function, a BigInt, a cycle, or nested too deep).
 */
export function encodePayload(value: unknown): Payload | undefined {
  if (value === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new PayloadError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (text === undefined) throw new PayloadError(`a ${typeof value} has no JSON form`);
  return text as Payload;
}

export function decodePayload(payload: Payload | undefined): unknown {
  return payload === undefined ? undefined : JSON.parse(payload);
}

/** For text that is known to have come out of `encodePayload`, as rows and messages do. */
export const recordedPayload = (text: string): Payload => text as Payload;

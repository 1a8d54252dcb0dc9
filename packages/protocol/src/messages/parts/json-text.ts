import { encodePayload, type Payload } from '@marathon/core';

/**
 * Puts one more member into the text of a JSON object. A payload is JSON text already and lands in a message as it is:
 * nothing is parsed or escaped again.
 */
export function withMember(object: string, name: string, json: string | undefined): string {
  if (json === undefined) return object;
  return `${object.slice(0, -1)}${object === '{}' ? '' : ','}"${name}":${json}}`;
}

/** The way back: `{}` when the field was absent, for spreading. */
export function payloadMember<Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: Payload } {
  const payload = encodePayload(value);
  return (payload === undefined ? {} : { [name]: payload }) as { readonly [N in Name]?: Payload };
}

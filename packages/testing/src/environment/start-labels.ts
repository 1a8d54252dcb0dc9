import {
  decodePayload,
  encodePayload,
  InvalidCommandError,
  refuseSearchAttributes,
  type SearchAttributes,
  smallPayloadCharsMax,
} from '@marathon/core';

/** What a start may say of a run, for whoever looks for it. */
export interface StartLabels {
  /** Kept with the run; never interpreted. */
  readonly memo?: Readonly<Record<string, unknown>>;
  /** What the run can be found by. */
  readonly searchAttributes?: SearchAttributes;
}

/**
 * As a gateway would record them.
 * @throws InvalidCommandError naming the search attribute that is none, PayloadError when the memo has no JSON form.
 */
export function startLabels({ memo, searchAttributes }: StartLabels): StartLabels {
  const refusal = searchAttributes && refuseSearchAttributes(searchAttributes);
  if (refusal) {
    const { name, message } = refusal;
    throw new InvalidCommandError(`searchAttributes${name === undefined ? '' : `.${name}`} ${message}`);
  }
  if (!memo && !searchAttributes) return {};
  const labels = { ...(memo && { memo }), ...(searchAttributes && { searchAttributes }) };
  return decodePayload(encodePayload(labels, 'the memo', smallPayloadCharsMax)) as StartLabels;
}

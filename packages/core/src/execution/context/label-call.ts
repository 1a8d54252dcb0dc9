import { encodePayload, smallPayloadCharsMax } from '../../payload.js';
import { changeLabels, type LabelChange, type Labels } from '../../run/labels.js';
import { refuseSearchAttributes } from '../../search/search-attributes.js';
import { InvalidCommandError } from '../errors.js';

const statusCharsMax = 200;
/** Of the memo as a whole. */
const memoCharsMax = 32 * 1024;

/** @throws InvalidCommandError */
export function statusSet(text: string): LabelChange {
  if (typeof text !== 'string' || text.length > statusCharsMax || !isStorable(text)) {
    throw new InvalidCommandError(
      `the status must be a text of at most ${statusCharsMax} characters, without U+0000 and half surrogate pairs`,
    );
  }
  return { type: 'StatusSet', data: { status: text } };
}

/** @throws InvalidCommandError */
export function memoUpserted(labels: Labels, memo: Readonly<Record<string, unknown>>): LabelChange {
  const change = { type: 'MemoUpserted', data: { memo: recordOf(memo, 'the memo') } } as const;
  const chars = JSON.stringify(changeLabels(labels, change).memo).length;
  if (chars > memoCharsMax)
    throw new InvalidCommandError(`the memo would have ${chars} characters of JSON: at most ${memoCharsMax} are kept`);
  return change;
}

/** @throws InvalidCommandError */
export function searchAttributesUpserted(labels: Labels, attributes: Readonly<Record<string, unknown>>): LabelChange {
  const searchAttributes = recordOf(attributes, 'the search attributes') as Extract<
    LabelChange,
    { type: 'SearchAttributesUpserted' }
  >['data']['searchAttributes'];
  const change = { type: 'SearchAttributesUpserted', data: { searchAttributes } } as const;
  const refusal = refuseSearchAttributes(changeLabels(labels, change).searchAttributes);
  if (refusal)
    throw new InvalidCommandError(`search attribute${refusal.name === undefined ? 's' : ` "${refusal.name}"`} ${refusal.message}`);
  return change;
}

/** As history gives it back: a copy of its JSON form. */
function recordOf(value: Readonly<Record<string, unknown>>, what: string): Readonly<Record<string, unknown>> {
  const copy: unknown = JSON.parse(encodePayload(value, what, smallPayloadCharsMax) ?? 'null');
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) throw new InvalidCommandError(`${what} must be an object`);
  return copy as Readonly<Record<string, unknown>>;
}

const isStorable = (text: string) => text.isWellFormed() && !text.includes('\u0000');

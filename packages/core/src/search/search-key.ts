import type { Comparison, ComparisonOperator, Literal } from './condition.js';
import type { SearchAttributes, SearchAttributeValue } from './search-attributes.js';

// One order over values of all types. A value has a key, a text whose code points are in the order of values:
//   b0 b1        a boolean
//   n<16 digits> a number: the bits of the double, turned so that negative ones come first
//   s<text>      a text
//   t<16 digits> an instant: the number of its milliseconds since 1970
//   l            a list, and l=<text> for each element of it
// A condition on an attribute is a few bounds on a key, so that one ordered index serves them all, and every adapter means the same.

declare const brand: unique symbol;
export type SearchKey = string & { readonly [brand]: 'SearchKey' };

export interface KeyBound {
  readonly operator: ComparisonOperator;
  readonly key: string;
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of a text in ISO 8601 with date, time and zone; `undefined` for any other. */
export function instantOf(text: string): number | undefined {
  const ms = instantPattern.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

/** Of a list: its own and those of its elements, each once. */
export function keysOf(value: SearchAttributeValue): readonly SearchKey[] {
  if (typeof value === 'object') return [...new Set([listKey, ...value.map(elementKey)])];
  return [keyOf(value)];
}

export function keyOf(value: Literal): SearchKey {
  if (typeof value === 'boolean') return (value ? 'b1' : 'b0') as SearchKey;
  if (typeof value === 'number') return `n${orderedDigits(value)}` as SearchKey;
  const instant = instantOf(value);
  return (instant === undefined ? `s${value}` : `t${orderedDigits(instant)}`) as SearchKey;
}

/** What runs with this value are counted under: elements of lists as the texts they are, a list without elements under nothing. */
export function groupsOf(value: SearchAttributeValue): readonly SearchKey[] {
  return typeof value === 'object' ? [...new Set(value.map((text) => `s${text}` as SearchKey))] : [keyOf(value)];
}

/** The value behind the key of one; an instant comes back in UTC. */
export function valueOfKey(key: SearchKey): Literal {
  const rest = key.slice(1);
  switch (key[0]) {
    case 'b':
      return rest === '1';
    case 'n':
      return fromOrderedDigits(rest);
    case 't':
      return new Date(fromOrderedDigits(rest)).toISOString();
    default:
      return rest;
  }
}

/** The comparison holds of a value when one of its keys is within all of these bounds. */
export function boundsOf(comparison: Exclude<Comparison, { readonly kind: 'is-null' | 'in' }>): readonly KeyBound[] {
  switch (comparison.kind) {
    case 'contains':
      return [{ operator: '=', key: elementKey(comparison.text) }];
    case 'starts-with':
      return within(`s${comparison.text}`);
    case 'compare': {
      const { operator } = comparison;
      const bound = { operator, key: keyOf(comparison.value) };
      const [low, high] = within(bound.key[0] as string);
      if (operator === '=') return [bound];
      if (operator === '!=') return [low, high, bound];
      return operator === '<' || operator === '<=' ? [low, bound] : [bound, high];
    }
  }
}

/** In the order of code points, as the database has it: that of JavaScript's own comparison is another one beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Lists are in no order with other values: as a value to sort by, a list is none. */
export const sortKeyOf = (value: SearchAttributeValue | undefined): SearchKey | undefined =>
  value === undefined || typeof value === 'object' ? undefined : keyOf(value);

/** A set as rows of an index: of each attribute one row has the value as JSON, which is what is read back. */
export function rowsOf(
  attributes: SearchAttributes,
): readonly { readonly name: string; readonly key: SearchKey; readonly value?: string }[] {
  return Object.entries(attributes).flatMap(([name, value]) =>
    keysOf(value).map((key, i) => (i === 0 ? { name, key, value: JSON.stringify(value) } : { name, key })),
  );
}

const listKey = 'l' as SearchKey;
const elementKey = (text: string): SearchKey => `l=${text}` as SearchKey;

/** All keys that begin so. */
const within = (beginning: string): readonly [KeyBound, KeyBound] => [
  { operator: '>=', key: beginning },
  { operator: '<', key: nextAfter(beginning) },
];

/** The least text that is greater than all that begin with `beginning`, which has an ASCII character in front. */
function nextAfter(beginning: string): string {
  const points = Array.from(beginning, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop() as number;
  // Half a surrogate pair is no character.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;

const view = new DataView(new ArrayBuffer(8));
const signBit = 1n << 63n;
const allBits = (1n << 64n) - 1n;

function orderedDigits(value: number): string {
  view.setFloat64(0, value + 0); // `-0 + 0` is 0: they are one value
  const bits = view.getBigUint64(0);
  return (bits & signBit ? bits ^ allBits : bits | signBit).toString(16).padStart(16, '0');
}

function fromOrderedDigits(digits: string): number {
  const bits = BigInt(`0x${digits}`);
  view.setBigUint64(0, bits & signBit ? bits ^ signBit : bits ^ allBits);
  return view.getFloat64(0);
}

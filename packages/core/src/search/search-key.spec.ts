import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { boundsOf, compareKeys, groupsOf, instantOf, type KeyBound, keyOf, keysOf, rowsOf, sortKeyOf, valueOfKey } from './search-key.js';

const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\u0000', ''));
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const instant = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const sign = (order: number) => Math.sign(order) + 0;

function isWithin(key: string, bounds: readonly KeyBound[]): boolean {
  return bounds.every(({ operator, key: bound }) => {
    const order = compareKeys(key, bound);
    return { '=': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[operator];
  });
}

describe('the key of a value', () => {
  it('is in the order of numbers', () => {
    fc.assert(fc.property(number, number, (a, b) => expect(sign(compareKeys(keyOf(a), keyOf(b)))).toBe(a === b ? 0 : a < b ? -1 : 1)));
    expect(keyOf(-0)).toBe(keyOf(0));
  });

  it('is in the order of instants, in whatever zone they are written', () => {
    fc.assert(fc.property(instant, instant, (a, b) => expect(sign(compareKeys(keyOf(a), keyOf(b)))).toBe(a === b ? 0 : a < b ? -1 : 1)));
    expect(keyOf('2025-11-21T10:00:00+02:00')).toBe(keyOf('2025-11-21T08:00Z'));
  });

  it('is in the order of code points, as UTF-8 is', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(sign(compareKeys(keyOf(a), keyOf(b)))).toBe(sign(Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b)))));
      }),
    );
  });

  it('gives the value back', () => {
    fc.assert(
      fc.property(fc.oneof(text, number, instant, fc.boolean()), (value) => expect(valueOfKey(keyOf(value))).toBe(value === 0 ? 0 : value)),
    );
    expect(valueOfKey(keyOf('2025-11-21T10:00:00+02:00'))).toBe('2025-11-21T08:00:00.000Z');
    expect(groupsOf(['a', '', 'a']).map(valueOfKey)).toEqual(['a', '']);
  });

  it('is none to sort by of a list', () => {
    expect([sortKeyOf(undefined), sortKeyOf(['a']), sortKeyOf('a')]).toEqual([undefined, undefined, 'sa']);
  });
});

describe('the bounds of a comparison', () => {
  const field = { attribute: 'a' };
  const values = fc.oneof(text, number, fc.boolean(), instant, fc.array(text));

  it('hold of values of its type alone', () => {
    const operator = fc.constantFrom(...(['=', '!=', '<', '<=', '>', '>='] as const));
    fc.assert(
      fc.property(operator, fc.oneof(text, number, fc.boolean()), values, (chosen, literal, value) => {
        const isFit = keysOf(value).some((key) => isWithin(key, boundsOf({ kind: 'compare', field, operator: chosen, value: literal })));
        const isComparable = typeof literal === typeof value && keyOf(literal)[0] === keysOf(value)[0]?.[0];
        if (!isComparable) return expect(isFit).toBe(false);
        const order = compareKeys(keyOf(literal), keysOf(value)[0] as string);
        const expected = { '=': order === 0, '!=': order !== 0, '<': order > 0, '<=': order >= 0, '>': order < 0, '>=': order <= 0 };
        expect(isFit).toBe(expected[chosen]);
      }),
    );
  });

  it('tell texts by how they begin', () => {
    const beginning = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('', '\ud7ff', '\u{10ffff}', 'a\u{10ffff}'));
    fc.assert(
      fc.property(beginning, values, (begin, value) => {
        const isFit = keysOf(value).some((key) => isWithin(key, boundsOf({ kind: 'starts-with', field, text: begin })));
        expect(isFit).toBe(typeof value === 'string' && instantOf(value) === undefined && value.startsWith(begin));
      }),
    );
  });

  it('tell lists by their elements', () => {
    const element = fc.constantFrom('', 'a', 'b', '=');
    fc.assert(
      fc.property(fc.oneof(element, fc.array(element)), element, (value, wanted) => {
        const isFit = keysOf(value).some((key) => isWithin(key, boundsOf({ kind: 'contains', field, text: wanted })));
        expect(isFit).toBe(Array.isArray(value) && value.includes(wanted));
      }),
    );
  });
});

it('writes each attribute as rows, the value once', () => {
  expect(rowsOf({ paid: true, tags: ['x'], none: [] })).toEqual([
    { name: 'paid', key: 'b1', value: 'true' },
    { name: 'tags', key: 'l', value: '["x"]' },
    { name: 'tags', key: 'l=x' },
    { name: 'none', key: 'l', value: '[]' },
  ]);
});

it.each(['2025-11-21', '2025-11-21T08:00:00', 'tomorrow', '2025-13-01T00:00:00Z', ' 2025-11-21T08:00:00Z'])(
  'takes %j for no instant',
  (value) => {
    expect(instantOf(value)).toBeUndefined();
  },
);

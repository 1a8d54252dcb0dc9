import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodePayload, encodePayload, PayloadError, PayloadTooLargeError, payloadCharsMax } from './index.js';

const roundTrip = (value: unknown) => decodePayload(encodePayload(value));

describe('a payload', () => {
  it('is the JSON text of a value, which comes back as often as it is decoded', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(roundTrip(value)).toEqual(JSON.parse(JSON.stringify(value)))));
  });

  it.each([
    ['\u0000', '\u0000'],
    ['\ud800 alone \udfff', '\ud800 alone \udfff'],
    [
      { '\u0000': 1, b: 2, a: 3 },
      { '\u0000': 1, b: 2, a: 3 },
    ],
    [-0, 0],
    [Number.POSITIVE_INFINITY, null],
    [Number.NaN, null],
    [9007199254740993n.toString(), '9007199254740993'],
    [
      [undefined, () => 1],
      [null, null],
    ],
    [{ a: undefined }, {}],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    ['', ''],
    [null, null],
  ])('of %p is read as %p', (value, read) => {
    expect(Object.is(roundTrip(value), read) || JSON.stringify(roundTrip(value)) === JSON.stringify(read)).toBe(true);
  });

  it('keeps what the recorded text says, whatever code thinks of it', () => {
    expect(decodePayload('1e999' as never)).toBe(Number.POSITIVE_INFINITY);
    expect(Object.is(decodePayload('-0' as never), -0)).toBe(true);
    expect(Object.keys(decodePayload('{"b":1,"a":2}' as never) as object)).toEqual(['b', 'a']);
  });

  it('of no value is none', () => {
    expect(encodePayload(undefined)).toBeUndefined();
    expect(decodePayload(undefined)).toBeUndefined();
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);
  let deep: unknown = 0;
  for (let i = 0; i < 100_000; i++) deep = [deep];

  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a BigInt', 1n],
    ['a cycle', cycle],
    ['what is nested too deep', deep],
    [
      'what throws when it is asked',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'what throws what is no error',
      {
        toJSON: () => {
          const thrown: unknown = 'no';
          throw thrown;
        },
      },
    ],
  ])('of %s is refused, and named', (_, value) => {
    expect(() => encodePayload(value, 'the input of activity "a"')).toThrow(PayloadError);
    expect(() => encodePayload(value, 'the input of activity "a"')).toThrow(/^the input of activity "a" has no JSON form: /);
  });

  it('that is nested deep is read all the same', () => {
    const text = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(Array.isArray(decodePayload(text as never))).toBe(true);
  });

  it('has a largest size', () => {
    expect(encodePayload('x'.repeat(payloadCharsMax - 2))?.length).toBe(payloadCharsMax);
    expect(() => encodePayload('x'.repeat(payloadCharsMax - 1))).toThrow(PayloadTooLargeError);
    expect(() => encodePayload('x'.repeat(payloadCharsMax), 'the result')).toThrow('the result has 67108866 characters');
  });
});

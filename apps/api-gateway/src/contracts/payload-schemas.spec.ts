import { describe, expect, it } from '@jest/globals';
import { PayloadSchemas } from './payload-schemas.js';

const check = (schema: object, value: unknown) => () => new PayloadSchemas().mustFit(JSON.stringify(schema), value, 'input');

describe('values are held against schemas', () => {
  it.each([
    ['a multiple of a fraction', { type: 'number', multipleOf: 0.01 }, 4.35],
    ['a text whose author counts code units', { type: 'string', minLength: 2 }, '😀'],
    ['a text whose author counts characters', { type: 'string', maxLength: 1 }, '😀'],
    ['a pattern that ignored case', { type: 'string', pattern: '^[a-z]+$' }, 'ABC'],
    ['a pattern that minds case', { type: 'string', pattern: '^[^a-z]+$' }, 'ABC'],
    ['what no promise may answer', { $async: true, type: 'string' }, 'text'],
  ])('that fit: %s', (_, schema, value) => {
    expect(check(schema, value)).not.toThrow();
  });

  it.each([
    ['no multiple', { type: 'number', multipleOf: 0.01 }, 4.355, 'input must be multiple of 0.01'],
    ['too short', { type: 'string', minLength: 3 }, '😀', 'input must NOT have fewer than 3 characters'],
    ['another pattern', { type: 'string', pattern: '^[a-z]+$' }, '1', 'input must match pattern'],
    ['no text, said at once', { $async: true, type: 'string' }, 3, 'input must be string'],
    [
      'a text that a pattern never finishes with',
      { type: 'string', pattern: '^(a+)+$' },
      `${'a'.repeat(40)}!`,
      'input takes too long to be checked',
    ],
  ])('that do not: %s', (_, schema, value, message) => {
    expect(check(schema, value)).toThrow(message);
  });
});

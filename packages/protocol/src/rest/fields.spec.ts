import { describe, expect, it } from '@jest/globals';
import { DurationText, integerParameter, Name } from './fields.js';

describe('Name', () => {
  it.each(['order', 'a/b c?', 'ü', '...', '🦊'.repeat(200)])('takes %j', (name) => expect(Name.safeParse(name).success).toBe(true));
  it.each(['', '.', '..', 'a\nb', '\u0000', '\u0085', '\ud83e', 'x'.repeat(201), 7])('refuses %j', (name) => {
    expect(Name.safeParse(name).success).toBe(false);
  });
});

describe('DurationText', () => {
  it.each(['0s', '500ms', '3650d'])('takes %j', (text) => expect(DurationText.safeParse(text).success).toBe(true));
  it.each(['', '5', '1.5s', '3651d', ' 1s', 5, ['1s'], null])('refuses %j and says why, once', (value) => {
    expect(DurationText.safeParse(value).error?.issues).toHaveLength(1);
  });
});

describe('integerParameter', () => {
  it('gives the number', () => expect(integerParameter(1, 10).parse('10')).toBe(10));
  it.each(['', '0', '11', '1e1', '0x5', '-1', ' 5', ['5']])('refuses %j', (value) => {
    expect(integerParameter(1, 10).safeParse(value).success).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DurationError, durationMs } from './index.js';

describe('a duration', () => {
  it.each([
    ['0ms', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['3650d', 315_360_000_000],
    ['007s', 7_000],
  ])('%s', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    's',
    '1.5s',
    '-1s',
    '+1s',
    ' 1s',
    '1s ',
    '1 s',
    '1S',
    '1w',
    '1s1s',
    '1e3s',
    '٣s',
    '3651d',
    '87601h',
    '999999999999d',
    '1234567890123ms',
  ])('is refused: "%s"', (text) => {
    expect(() => durationMs(text)).toThrow(DurationError);
  });
});

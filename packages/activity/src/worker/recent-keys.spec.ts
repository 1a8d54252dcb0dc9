import { describe, expect, it } from '@jest/globals';
import { RecentKeys } from './recent-keys.js';

describe('recent keys', () => {
  it('are forgotten after their age', () => {
    const keys = new RecentKeys(10, 100);
    keys.add('a', 1_000);
    expect([keys.has('a', 1_099), keys.has('a', 1_100), keys.has('b', 1_000)]).toEqual([true, false, false]);
    keys.add('a', 1_100);
    expect(keys.has('a', 1_199)).toBe(true);
  });

  it('are forgotten, the oldest first, above their number', () => {
    const keys = new RecentKeys(2, 100);
    keys.add('a', 0);
    keys.add('b', 0);
    keys.add('a', 1);
    keys.add('c', 1);
    expect(['a', 'b', 'c'].map((key) => keys.has(key, 2))).toEqual([true, false, true]);
  });
});

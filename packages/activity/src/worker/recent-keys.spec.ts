import { describe, expect, it } from '@jest/globals';
import { RecentKeys } from './recent-keys.js';

describe('recent keys', () => {
  it('are remembered for their age, and forgotten after twice that', () => {
    const keys = new RecentKeys(10, 100);
    keys.add('a', 1_000);
    keys.add('b', 1_099);
    expect(['a', 'b', 'c'].map((key) => keys.has(key, 1_199))).toEqual([true, true, false]);
    expect(['a', 'b'].map((key) => keys.has(key, 1_300))).toEqual([false, false]);
  });

  it('are forgotten at once when nothing came for long', () => {
    const keys = new RecentKeys(10, 100);
    keys.add('a', 1_000);
    expect(keys.has('a', 1_200)).toBe(false);
  });

  it('are forgotten, the oldest first, above their number', () => {
    const keys = new RecentKeys(2, 100);
    const remembered: number[] = [];
    for (let n = 1; n <= 100; n += 1) {
      keys.add(`key ${n}`, 0);
      remembered.push(Array.from({ length: n }, (_, index) => `key ${index + 1}`).filter((key) => keys.has(key, 0)).length);
      expect(keys.has(`key ${n}`, 0)).toBe(true);
      if (n > 2) expect(keys.has(`key ${n - 1}`, 0)).toBe(true);
    }
    expect(Math.max(...remembered)).toBeLessThanOrEqual(4);
  });
});

import { expect, it } from '@jest/globals';
import { hashOf } from './hash.js';

it('stays the same: runs of one workflow id stay on one shard over builds', () => {
  expect([hashOf(''), hashOf('order-1'), hashOf('Übung 🦊')]).toEqual([372931385, 1391027919, 2173518460]);
});

it('spreads ids that look alike', () => {
  const counts = new Array(8).fill(0);
  for (let index = 0; index < 8_000; index += 1) counts[hashOf(`order-${index}`) % 8] += 1;
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1_150);
});

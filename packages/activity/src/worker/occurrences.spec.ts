import { expect, it } from '@jest/globals';
import { Occurrences } from './occurrences.js';

it('says which occurrences of a kind to log: the first, the tenth, the hundredth …', () => {
  const occurrences = new Occurrences();
  const logged = Array.from({ length: 1_000 }, () => occurrences.count('late:a')).filter((count) => count !== undefined);
  expect(logged).toEqual([1, 10, 100, 1_000]);
  expect(occurrences.count('late:b')).toBe(1);
  expect([occurrences.total('late:'), occurrences.total('other:')]).toEqual([1_001, 0]);
});

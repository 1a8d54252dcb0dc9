import { expect, it } from '@jest/globals';
import { BoundedCache } from './bounded-cache.js';

it('keeps what was used last', () => {
  const cache = new BoundedCache<number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  cache.get('a');
  cache.set('c', 3, 4);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([1, undefined, 3]);
  cache.set('a', 4, 10);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([4, undefined, undefined]);
});

it('keeps the last one, whatever it occupies', () => {
  const cache = new BoundedCache<number>(10);
  cache.set('a', 1, 100);
  expect(cache.get('a')).toBe(1);
  cache.set('b', 2, 1);
  expect(['a', 'b'].map((key) => cache.get(key))).toEqual([undefined, 2]);
});

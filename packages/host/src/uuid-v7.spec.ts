import { expect, it } from '@jest/globals';
import { UuidV7 } from './uuid-v7.js';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('writes the milliseconds first, then version and variant', () => {
  const id = new UuidV7(() => 0x017f22e279b0).next();
  expect(id).toMatch(pattern);
  expect(id.slice(0, 13)).toBe('017f22e2-79b0');
});

it('grows, also within a millisecond and when the clock goes back', () => {
  let now = 1_700_000_000_000;
  const ids = new UuidV7(() => now);
  const all = Array.from({ length: 10_000 }, (_, index) => {
    if (index === 5_000) now -= 60_000;
    return ids.next();
  });
  expect(all.every((id) => pattern.test(id))).toBe(true);
  expect(all.toSorted()).toEqual(all);
  expect(new Set(all).size).toBe(all.length);
});

it('differs from process to process at the same instant', () => {
  expect(new UuidV7(() => 1).next()).not.toBe(new UuidV7(() => 1).next());
});

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OffsetRanges } from './offset-ranges.js';

const additions = fc.array(fc.tuple(fc.nat(60), fc.nat(8)), { maxLength: 40 });

it('holds what was added, as the fewest ranges, in whatever order it came', () => {
  fc.assert(
    fc.property(additions, (added) => {
      const ranges = new OffsetRanges();
      const model = new Set<number>();
      for (const [start, length] of added) {
        ranges.add(start, start + length);
        for (let offset = start; offset < start + length; offset += 1) model.add(offset);
      }

      for (let offset = 0; offset < 80; offset += 1) expect(ranges.has(offset)).toBe(model.has(offset));
      const starts = [...model].filter((offset) => !model.has(offset - 1));
      expect([...ranges].map(([start]) => start)).toEqual(starts.toSorted((a, b) => a - b));
      expect(ranges.count).toBe(starts.length);
    }),
  );
});

it('passes what is finished from an offset on, and forgets what lies below', () => {
  fc.assert(
    fc.property(additions, fc.nat(60), (added, from) => {
      const ranges = new OffsetRanges();
      const model = new Set<number>();
      for (const [start, length] of added) {
        // What is finished lies at or above the lowest unfinished offset.
        ranges.add(from + start, from + start + length);
        for (let offset = from + start; offset < from + start + length; offset += 1) model.add(offset);
      }
      let expected = from;
      while (model.has(expected)) expected += 1;

      expect(ranges.passFrom(from)).toBe(expected);
      expect([...ranges].every(([start]) => start > expected)).toBe(true);
      for (let offset = expected; offset < 140; offset += 1) expect(ranges.has(offset)).toBe(model.has(offset));
    }),
  );
});

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFinished, encodeFinished, metadataBytesMax } from './finished-set.js';
import { OffsetRanges } from './offset-ranges.js';

it('reads what it wrote', () => {
  const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 100_000 })), { maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(2 ** 40), gaps, (committed, lengths) => {
      const ranges = new OffsetRanges();
      let at = committed;
      for (const [gap, length] of lengths) {
        ranges.add(at + gap, at + gap + length);
        at += gap + length;
      }

      const decoded = decodeFinished(encodeFinished(ranges, committed), committed);

      expect([...decoded]).toEqual([...ranges]);
    }),
  );
});

it('writes the empty set as nothing', () => {
  expect(encodeFinished(new OffsetRanges(), 7)).toBe('');
});

it('writes one form always, which other clients can read', () => {
  const ranges = new OffsetRanges();
  ranges.add(101, 103);
  ranges.add(300, 301);
  // 1 unfinished, 2 finished, 197 unfinished (0xC5 0x01), 1 finished.
  expect(encodeFinished(ranges, 100)).toBe(`f1:${Buffer.from([1, 2, 0xc5, 1, 1]).toString('base64url')}`);
});

it('leaves out what Kafka would refuse, and keeps the lowest', () => {
  const ranges = new OffsetRanges();
  for (let i = 0; i < 5_000; i += 1) ranges.add(i * 2 + 1, i * 2 + 2);

  const metadata = encodeFinished(ranges, 0);

  expect(Buffer.byteLength(metadata)).toBeLessThanOrEqual(metadataBytesMax);
  const decoded = decodeFinished(metadata, 0);
  expect(decoded.count).toBeGreaterThan(1_500);
  expect([...decoded]).toEqual([...ranges].slice(0, decoded.count));
});

it.each([null, undefined, '', 'host-17', 'f2:AQI', 'f1:***', '{"a":1}'])('takes %j of another client as nothing finished', (metadata) => {
  expect(decodeFinished(metadata, 5).count).toBe(0);
});

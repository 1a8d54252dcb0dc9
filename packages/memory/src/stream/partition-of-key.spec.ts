import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOfKey } from './partition-of-key.js';

describe('partitionOfKey', () => {
  // The values that kafka-clients' own test of Utils.murmur2 expects.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('stays within the partitions, for negative hashes and any alphabet', () => {
    for (const key of ['', '21', 'foobar', 'käse', '工作流', '🏃']) {
      expect(partitionOfKey(key, 7)).toBeGreaterThanOrEqual(0);
      expect(partitionOfKey(key, 7)).toBeLessThan(7);
    }
    expect(partitionOfKey('foobar', 10)).toBe((-790332482 & 0x7fffffff) % 10);
  });
});

import { expect, it } from '@jest/globals';
import { OwnedPartition } from './owned-partition.js';

function startOf(committed: number | undefined, logStart: number, logEnd: number): number {
  const owned = new OwnedPartition('t', 0);
  const position = committed === undefined ? undefined : { offset: committed, metadata: '' };
  owned.begin({ logStart, logEnd, committed: position, isReleased: false });
  return owned.fetchNext;
}

it('goes on where the group is', () => {
  expect(startOf(7, 3, 20)).toBe(7);
  expect(startOf(20, 3, 20)).toBe(20);
});

it('begins with the log where the group has never been, where what follows is deleted, and where the group was in another log', () => {
  expect(startOf(undefined, 3, 20)).toBe(3);
  expect(startOf(2, 3, 20)).toBe(3);
  expect(startOf(21, 3, 20)).toBe(3);
});

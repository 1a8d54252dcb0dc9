import { describe, expect, it } from '@jest/globals';
import { isReleased, taken } from './finished-set.js';
import { PartitionProgress } from './partition-progress.js';

function handedOver(start: number, end: number): PartitionProgress {
  const progress = new PartitionProgress(start);
  for (let offset = start; offset < end; offset += 1) progress.hand(offset);
  return progress;
}

describe('PartitionProgress', () => {
  it('commits below the lowest unfinished message, with what is finished above it', () => {
    const progress = handedOver(10, 20);
    for (const offset of [12, 10, 15, 16]) progress.finish(offset);

    const committed = progress.commit();
    const successor = new PartitionProgress(11, committed);

    expect(committed?.offset).toBe(11);
    expect([11, 12, 13, 14, 15, 16, 17].filter((offset) => successor.isFinished(offset))).toEqual([12, 15, 16]);
  });

  it('closes gaps as they are finished', () => {
    const progress = handedOver(0, 5);
    for (const offset of [4, 2, 1, 3]) progress.finish(offset);
    expect(progress.lowest).toBe(0);

    progress.finish(0);

    expect(progress.commit()).toEqual({ offset: 5, metadata: '' });
  });

  it('commits once for a change, and again when the broker refused it', () => {
    const progress = handedOver(0, 3);
    progress.finish(0);
    const first = progress.commit();
    expect(progress.commit()).toBeUndefined();

    progress.notCommitted();
    expect(progress.commit()).toEqual(first);
  });

  it('has nothing to commit where the group already is', () => {
    const progress = new PartitionProgress(7, { offset: 7, metadata: '' });
    expect(progress.commit()).toBeUndefined();
    expect(progress.committedOffset).toBe(7);
  });

  it('commits a start that is not where the group was', () => {
    const progress = new PartitionProgress(3, { offset: 1, metadata: 'f1:AQE' });
    expect(progress.commit()).toEqual({ offset: 3, metadata: '' });
    expect(progress.isFinished(4)).toBe(false);
  });

  it('finishes nothing that was not handed over, and nothing twice', () => {
    const progress = handedOver(0, 2);
    progress.finish(5);
    progress.finish(0);
    progress.finish(0);
    expect(progress.lowest).toBe(1);
  });

  it('passes over offsets that the log does not have', () => {
    const progress = new PartitionProgress(0);
    progress.hand(0);
    progress.hand(4);
    progress.passTo(9);
    progress.finish(0);
    expect(progress.lowest).toBe(4);

    progress.finish(4);
    expect(progress.lowest).toBe(9);
  });

  it('says that it is released when all that is unfinished was let go, and not when something was begun', () => {
    const [progress, begun] = [handedOver(0, 5), handedOver(0, 5)];
    for (const each of [progress, begun]) each.finish(1);
    for (const offset of [0, 2, 3, 4]) progress.letGo(offset);
    for (const offset of [0, 2, 4]) begun.letGo(offset);
    for (const each of [progress, begun]) each.release();

    const [released, doubtful] = [progress.commit(), begun.commit()];
    expect(isReleased(released?.metadata ?? '')).toBe(true);
    expect(new PartitionProgress(0, released).isFinished(1)).toBe(true);
    expect(taken(released?.metadata ?? '')).toBe(doubtful?.metadata);
    expect(isReleased(doubtful?.metadata ?? '')).toBe(false);
  });

  it('is full before the metadata is, and no longer when gaps have closed', () => {
    const progress = handedOver(0, 10_000);
    let ranges = 0;
    while (!progress.isFull && ranges < 5_000) {
      progress.finish(ranges * 2 + 1);
      ranges += 1;
    }
    const chars = progress.commit()?.metadata.length;
    expect(chars).toBeGreaterThanOrEqual(3_072);
    expect(chars).toBeLessThan(4_096);

    for (let offset = 0; offset < ranges; offset += 1) progress.finish(offset);
    expect(progress.isFull).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Lane, laneBoundsDefault } from './lane.js';

/** A lane whose commits wait to be let go. */
function laneOf(bounds: Partial<typeof laneBoundsDefault> = {}) {
  const commits: { readonly items: readonly number[]; readonly finish: (error?: Error) => void }[] = [];
  const arrivals: (() => void)[] = [];
  const lane = new Lane<number, string>(
    (items) =>
      new Promise((resolve, reject) => {
        commits.push({ items, finish: (error) => (error ? reject(error) : resolve(items.map((item) => `#${item}`))) });
        arrivals.shift()?.();
      }),
    { ...laneBoundsDefault, ...bounds },
  );
  const nextCommit = () => new Promise<void>((resolve) => arrivals.push(resolve));
  return { lane, commits, nextCommit };
}

describe('Lane', () => {
  it('commits what one turn brought together, and gives each its own outcome', async () => {
    const { lane, commits, nextCommit } = laneOf();
    const begun = nextCommit();
    const outcomes = [1, 2, 3].map((item) => lane.submit(item, 1));
    await begun;
    expect(commits.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    commits[0]?.finish();
    expect(await Promise.all(outcomes)).toEqual(['#1', '#2', '#3']);
  });

  it('fills the next batch while a commit is under way', async () => {
    const { lane, commits, nextCommit } = laneOf();
    let begun = nextCommit();
    const first = lane.submit(1, 1);
    await begun;
    begun = nextCommit();
    const others = [lane.submit(2, 1), lane.submit(3, 1)];
    commits[0]?.finish();
    expect(await first).toBe('#1');
    await begun;
    expect(commits[1]?.items).toEqual([2, 3]);
    commits[1]?.finish();
    expect(await Promise.all(others)).toEqual(['#2', '#3']);
  });

  it('bounds a batch by count and by bytes, and lets one that is larger alone go by itself', async () => {
    const { lane, commits, nextCommit } = laneOf({ batchCountMax: 3, batchBytesMax: 10 });
    const outcomes = [5, 5, 1, 11, 1, 1, 1, 1].map((bytes, item) => lane.submit(item, bytes));
    for (const expected of [[0, 1], [2], [3], [4, 5, 6], [7]]) {
      await nextCommit();
      expect(commits.at(-1)?.items).toEqual(expected);
      commits.at(-1)?.finish();
    }
    await Promise.all(outcomes);
  });

  it('tells all of a batch that it failed, and goes on', async () => {
    const { lane, commits, nextCommit } = laneOf();
    let begun = nextCommit();
    const failing = Promise.allSettled([lane.submit(1, 1), lane.submit(2, 1)]);
    await begun;
    commits[0]?.finish(new Error('lost'));
    expect(await failing).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    begun = nextCommit();
    const next = lane.submit(3, 1);
    await begun;
    commits[1]?.finish();
    expect(await next).toBe('#3');
  });

  it.each([
    ['count', { queueCountMax: 2 }, 1],
    ['bytes', { queueBytesMax: 2 }, 1],
  ])('refuses what its queue has no room for (%s), and takes it later', async (_, bounds, bytes) => {
    const { lane, commits, nextCommit } = laneOf(bounds);
    const begun = nextCommit();
    const taken = [lane.submit(1, bytes), lane.submit(2, bytes)];
    await expect(lane.submit(3, bytes)).rejects.toMatchObject({ code: 'MARATHON_OVERLOADED', retryable: true });
    await begun;
    commits[0]?.finish();
    await Promise.all(taken);
    const again = nextCommit();
    const later = lane.submit(3, bytes);
    await again;
    commits[1]?.finish();
    expect(await later).toBe('#3');
  });
});

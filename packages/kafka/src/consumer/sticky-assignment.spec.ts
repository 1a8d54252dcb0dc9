import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignSticky, type Claimant } from './sticky-assignment.js';

const claimant = (memberId: string, owned: Claimant['owned'] = {}, generationId = 1): Claimant => ({
  memberId,
  topics: ['t'],
  owned,
  generationId,
});
const assign = (claimants: readonly Claimant[], count: number) =>
  Object.fromEntries([...assignSticky(claimants, new Map([['t', count]]))].map(([memberId, { t }]) => [memberId, t ?? []]));

it('leaves everybody what they have when nothing has changed', () => {
  expect(assign([claimant('a', { t: [0, 3] }), claimant('b', { t: [1, 2] })], 4)).toEqual({ a: [0, 3], b: [1, 2] });
});

it('takes from those who have most when one joins, and no more than is even', () => {
  expect(assign([claimant('a', { t: [0, 1, 2, 3] }), claimant('b', { t: [4, 5, 6, 7] }), claimant('c')], 8)).toEqual({
    a: [0, 1, 2],
    b: [4, 5, 6],
    c: [3, 7],
  });
});

it('gives what a leaver had to those who stay', () => {
  expect(assign([claimant('b', { t: [1, 2] })], 4)).toEqual({ b: [0, 1, 2, 3] });
});

it('believes the later of two claims, as of a process that stood still', () => {
  expect(assign([claimant('woken', { t: [0, 1] }, 3), claimant('b', { t: [0, 1] }, 5)], 2)).toEqual({ woken: [1], b: [0] });
});

it('serves members that say nothing of what they have, or claim what does not exist', () => {
  expect(assign([claimant('other', {}, -1), claimant('a', { t: [1, 9] })], 2)).toEqual({ other: [0], a: [1] });
});

it('gives a topic only to its readers, and the one more to who has less of the others', () => {
  const members = [
    { ...claimant('a'), topics: ['t', 'u'] },
    { ...claimant('b'), topics: ['u'] },
  ];
  const assignment = assignSticky(
    members,
    new Map([
      ['t', 2],
      ['u', 3],
    ]),
  );
  expect(assignment.get('a')).toEqual({ t: [0, 1], u: [0] });
  expect(assignment.get('b')).toEqual({ u: [1, 2] });
});

it('is complete, even and moves as few as that allows, after any change of members', () => {
  const membersArb = fc.uniqueArray(fc.integer({ min: 0, max: 9 }).map(String), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), membersArb, membersArb, (count, before, after) => {
      const first = assign(
        before.map((id) => claimant(id)),
        count,
      );
      const second = assign(
        after.map((id) => claimant(id, { t: first[id] ?? [] })),
        count,
      );

      expect(
        Object.values(second)
          .flat()
          .toSorted((a, b) => a - b),
      ).toEqual(Array.from({ length: count }, (_, i) => i));
      const sizes = Object.values(second).map((partitions) => partitions.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      // Those who stay keep all that an even share lets them keep; the larger shares go to those who have most.
      const had = after.map((id) => (first[id] ?? []).length).toSorted((a, b) => b - a);
      const keepable = had.reduce(
        (sum, size, i) => sum + Math.min(size, Math.floor(count / after.length) + (i < count % after.length ? 1 : 0)),
        0,
      );
      const kept = after.flatMap((id) => (second[id] ?? []).filter((partition) => first[id]?.includes(partition))).length;
      expect(kept).toBe(keepable);
    }),
  );
});

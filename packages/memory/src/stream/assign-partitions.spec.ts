import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { assignPartitions, type Holding } from './assign-partitions.js';

interface Reader {
  readonly name: string;
  readonly topics: readonly string[];
}

const reader = (name: string, ...topics: string[]): Reader => ({ name, topics });
const countOf = (holdings: readonly Holding<Reader>[], member: Reader, topic: string) =>
  holdings.filter((holding) => holding.member === member && holding.topic === topic).length;

describe('assignPartitions', () => {
  it('gives each partition to one reader of its topic, evenly, and moves no more than needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 20 }),
        (before, after, partitions) => {
          const all = Array.from({ length: Math.max(before, after) }, (_, i) => reader(`r${i}`, 't'));
          const topics = new Map([['t', partitions]]);
          const old = assignPartitions(all.slice(0, before), topics, []);
          const members = all.slice(0, after);
          const next = assignPartitions(members, topics, old);
          expect(next.map((holding) => holding.partition).sort((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, i) => i));
          const counts = members.map((member) => countOf(next, member, 't'));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
          const moved = next.filter((holding) => old[holding.partition]?.member !== holding.member).length;
          const due = members.slice(before).reduce((sum, member) => sum + countOf(next, member, 't'), 0);
          const orphaned = old.filter((holding) => !members.includes(holding.member)).length;
          expect(moved).toBe(after > before ? due : orphaned);
        },
      ),
    );
  });

  it('leaves out topics that nobody reads and spreads single partitions of several topics', () => {
    const a = reader('a', 'x', 'y');
    const b = reader('b', 'x', 'y');
    const holdings = assignPartitions(
      [a, b],
      new Map([
        ['x', 1],
        ['y', 1],
        ['z', 1],
      ]),
      [],
    );
    expect(holdings).toHaveLength(2);
    expect(new Set(holdings.map((holding) => holding.member))).toEqual(new Set([a, b]));
  });
});

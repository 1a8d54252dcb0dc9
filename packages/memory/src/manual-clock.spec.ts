import { describe, expect, it } from '@jest/globals';
import { ManualClock } from './manual-clock.js';

describe('ManualClock', () => {
  it('runs actions by instant, then in the order in which they were set, each at its own instant', () => {
    const clock = new ManualClock(1_000);
    const ran: string[] = [];
    for (const [name, atMs] of [
      ['c', 1_300],
      ['a', 1_100],
      ['d', 1_300],
      ['late', 1_301],
      ['b', 1_100],
    ] as const) {
      clock.at(atMs, () => ran.push(`${name} ${clock.now()}`));
    }

    clock.advanceTo(1_300);

    expect(ran).toEqual(['a 1100', 'b 1100', 'c 1300', 'd 1300']);
    expect(clock.now()).toBe(1_300);
    expect(clock.nextAtMs).toBe(1_301);
  });

  it('runs what actions set, when that is due on the way', () => {
    const clock = new ManualClock(0);
    const ran: number[] = [];
    const again = () => {
      ran.push(clock.now());
      clock.at(clock.now() + 10, again);
    };
    clock.at(10, again);

    clock.advanceBy(35);

    expect(ran).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
  });

  it('runs what was due already only when it is moved, and does not go back', () => {
    const clock = new ManualClock(100);
    const ran: number[] = [];
    clock.at(50, () => ran.push(clock.now()));
    expect(ran).toEqual([]);

    clock.advanceBy(0);

    expect(ran).toEqual([100]);
    expect(() => clock.advanceTo(99)).toThrow(RangeError);
    expect(() => clock.advanceBy(Number.NaN)).toThrow(RangeError);
  });

  it('does not run what was cancelled, twice or too late', () => {
    const clock = new ManualClock(0);
    const ran: string[] = [];
    const cancelFirst = clock.at(1, () => ran.push('first'));
    const cancelSecond = clock.at(2, () => ran.push('second'));

    cancelFirst();
    cancelFirst();
    clock.advanceTo(5);
    cancelSecond();

    expect(ran).toEqual(['second']);
    expect(clock.nextAtMs).toBeUndefined();
  });
});

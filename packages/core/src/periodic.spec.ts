import { expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { Periodic } from './periodic.js';

const microtasks = () => new Promise(setImmediate);

function world() {
  const clock = new ManualClock();
  const rounds: PromiseWithResolvers<void>[] = [];
  const lines: string[] = [];
  let restMs: number | undefined = 100;
  const perform = () => {
    const round = Promise.withResolvers<void>();
    rounds.push(round);
    return round.promise;
  };
  const periodic = new Periodic({ failure: 'not now', restMs: (hasFailed) => (hasFailed ? 1_000 : restMs), perform }, clock, {
    info() {},
    warn: (line) => lines.push(line),
    error() {},
  });
  return { clock, rounds, lines, periodic, restFor: (ms: number | undefined) => (restMs = ms) };
}

it('rests before each round, and longer behind one that failed', async () => {
  const { clock, rounds, lines, periodic } = world();
  await periodic.start();
  const begunAfter = async (ms: number) => {
    clock.advanceBy(ms);
    await microtasks();
    return rounds.length;
  };
  expect(await begunAfter(99)).toBe(0);
  expect(await begunAfter(1)).toBe(1);
  expect(await begunAfter(5_000)).toBe(1);
  rounds[0]?.resolve();
  await microtasks();
  expect(await begunAfter(100)).toBe(2);
  rounds[1]?.reject(new Error('away'));
  await microtasks();
  expect(lines).toEqual(['not now']);
  expect(await begunAfter(999)).toBe(2);
  expect(await begunAfter(1)).toBe(3);
});

it('skips the rest when it is told to, behind the round under way, and begins the rest anew', async () => {
  const { clock, rounds, periodic, restFor } = world();
  await periodic.start();
  periodic.skipRest();
  await microtasks();
  expect(rounds).toHaveLength(1);
  periodic.skipRest();
  await microtasks();
  expect(rounds).toHaveLength(1);
  rounds[0]?.resolve();
  await microtasks();
  expect(rounds).toHaveLength(2);
  rounds[1]?.resolve();
  await periodic.settled();
  restFor(10);
  periodic.rest();
  clock.advanceBy(10);
  await microtasks();
  expect(rounds).toHaveLength(3);
});

it('rests until it is told to begin when no rest is stated', async () => {
  const { clock, rounds, periodic, restFor } = world();
  restFor(undefined);
  await periodic.start();
  clock.advanceBy(5_000);
  await microtasks();
  expect(rounds).toHaveLength(0);
  restFor(10);
  periodic.rest();
  restFor(undefined);
  clock.advanceBy(10);
  await microtasks();
  rounds[0]?.resolve();
  await periodic.settled();
  clock.advanceBy(5_000);
  await microtasks();
  expect(rounds).toHaveLength(1);
});

it('has no round under way when it has stopped, and begins none', async () => {
  const { clock, rounds, periodic } = world();
  await periodic.start();
  clock.advanceBy(100);
  await microtasks();
  let isStopped = false;
  const stopping = periodic.stop().then(() => {
    isStopped = true;
  });
  await microtasks();
  expect(isStopped).toBe(false);
  rounds[0]?.resolve();
  await stopping;
  periodic.skipRest();
  clock.advanceBy(1_000);
  await microtasks();
  expect(rounds).toHaveLength(1);
});

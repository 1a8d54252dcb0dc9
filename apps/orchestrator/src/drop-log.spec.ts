import { expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { DropLog } from './drop-log.js';
import { dropsOf, orchestratorMeasures } from './measures.js';

const none = {
  forwarded: 0,
  forwardedInVain: 0,
  unknownRun: 0,
  closedRun: 0,
  oldAttempt: 0,
  resentTask: 0,
  missedChild: 0,
  wokenRun: 0,
  stuckRun: 0,
};

it('tells once a minute what was dropped meanwhile, by reason', async () => {
  const clock = new ManualClock();
  const lines: unknown[] = [];
  const counts = { ...none };
  const log = { info: (_: string, details?: object) => void lines.push(details), warn() {}, error() {} };
  const dropLog = new DropLog(() => dropsOf(counts), clock, log);
  await dropLog.start();
  Object.assign(counts, { closedRun: 2, oldAttempt: 1, forwarded: 9 });
  clock.advanceBy(59_999);
  expect(lines).toEqual([]);
  clock.advanceBy(1);
  expect(lines).toEqual([
    { reason: 'closedRun', count: 2 },
    { reason: 'oldAttempt', count: 1 },
  ]);
  clock.advanceBy(60_000);
  expect(lines).toHaveLength(2);
  counts.closedRun = 5;
  clock.advanceBy(60_000);
  expect(lines.slice(2)).toEqual([{ reason: 'closedRun', count: 3 }]);
  await dropLog.stop();
  counts.closedRun = 6;
  clock.advanceBy(60_000);
  expect(lines).toHaveLength(3);
});

it('has a metric for everything that an owner counts', () => {
  const told = orchestratorMeasures({ counts: none }).flatMap(({ read }) => Object.keys(read()));
  expect(told.toSorted()).toEqual(Object.keys(none).toSorted());
});

import { expect, it } from '@jest/globals';
import type { HistoryEvent, Payload } from '@marathon/core';
import { ManualClock } from '@marathon/memory';
import { RunWatch } from './run-watch.js';

const event = (seq: number, chars = 10) =>
  ({ seq, type: 'WorkflowCompleted', at: 0, data: {}, payload: 'x'.repeat(chars) as Payload }) as HistoryEvent;
const setup = () => {
  const clock = new ManualClock();
  let closes = 0;
  const watch = new RunWatch(clock, () => {
    closes += 1;
  });
  return { clock, watch, closes: () => closes };
};

it('keeps events up to a bound, and says when it dropped some', () => {
  const { watch } = setup();
  watch.offer([event(1), event(2)]);
  expect(watch.take()).toMatchObject({ events: [{ seq: 1 }, { seq: 2 }], hasMissed: false });
  watch.offer([event(3), event(4, 300_000), event(5)]);
  expect(watch.take()).toMatchObject({ events: [{ seq: 3 }], hasMissed: true });
  expect(watch.take()).toEqual({ events: [], hasMissed: false });
  watch.offer([]); // too large for a message
  expect(watch.take()).toEqual({ events: [], hasMissed: true });
});

it('wakes at something new, at the instant, and when it is closed', async () => {
  const { watch, clock, closes } = setup();
  const offered = watch.somethingNew(clock.now() + 5_000);
  watch.offer([event(1)]);
  await offered;
  await watch.somethingNew(clock.now() + 5_000); // at once: there is something
  watch.take();
  const silent = watch.somethingNew(clock.now() + 5_000);
  clock.advanceBy(5_000);
  await silent;
  const closed = watch.somethingNew(clock.now() + 5_000);
  watch.close();
  watch.close();
  await closed;
  expect(watch.isClosed).toBe(true);
  expect(closes()).toBe(1);
  expect(clock.nextAtMs).toBeUndefined();
});

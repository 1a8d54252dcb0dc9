import { expect, it } from '@jest/globals';
import { ManualClock } from '@marathon/memory';
import { Readiness } from './readiness.js';

it('is ready when every probe says so', async () => {
  const readiness = new Readiness(new ManualClock());
  expect(await readiness.read()).toEqual({ isReady: true, probes: {} });
  let isUp = false;
  readiness.add('stream', () => true);
  readiness.add('database', async () => isUp);
  expect(await readiness.read()).toEqual({ isReady: false, probes: { stream: { isUp: true }, database: { isUp: false } } });
  isUp = true;
  expect((await readiness.read()).isReady).toBe(true);
});

it('says why a probe failed', async () => {
  const readiness = new Readiness(new ManualClock());
  readiness.add('at once', () => {
    throw new Error('no connection');
  });
  readiness.add('later', () => Promise.reject(new Error('refused')));
  expect((await readiness.read()).probes).toEqual({
    'at once': { isUp: false, reason: 'no connection' },
    later: { isUp: false, reason: 'refused' },
  });
});

it('does not wait for a probe that hangs', async () => {
  const clock = new ManualClock();
  const readiness = new Readiness(clock);
  readiness.add('database', () => new Promise(() => {}));
  const report = readiness.read();
  clock.advanceBy(1_000);
  expect(await report).toEqual({ isReady: false, probes: { database: { isUp: false, reason: 'no answer within 1000 ms' } } });
  expect(clock.nextAtMs).toBeUndefined();
});

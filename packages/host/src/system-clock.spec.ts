import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { SystemClock } from './system-clock.js';

const dayMs = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000 });
});

afterEach(() => {
  jest.useRealTimers();
});

it('acts once, when the time has come', () => {
  const clock = new SystemClock();
  const action = jest.fn();
  clock.at(clock.now() + 100, action);
  jest.advanceTimersByTime(99);
  expect(action).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1_000);
  expect(action).toHaveBeenCalledTimes(1);
});

it('acts soon when the time has passed, but never at once', () => {
  const clock = new SystemClock();
  const action = jest.fn();
  clock.at(0, action);
  expect(action).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(1);
});

it('waits for instants that are further away than a timer of Node reaches', () => {
  const clock = new SystemClock();
  const action = jest.fn();
  clock.at(clock.now() + 60 * dayMs, action);
  jest.advanceTimersByTime(60 * dayMs - 1);
  expect(action).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(1);
});

it('looks again when a timer fires before the clock says so', () => {
  const clock = new SystemClock();
  const action = jest.fn();
  clock.at(clock.now() + 100, action);
  jest.setSystemTime(500);
  jest.advanceTimersByTime(100);
  expect(action).not.toHaveBeenCalled();
  jest.advanceTimersByTime(500);
  expect(action).toHaveBeenCalledTimes(1);
});

it('forgets what is cancelled, also while it waits in steps', () => {
  const clock = new SystemClock();
  const action = jest.fn();
  const cancel = clock.at(clock.now() + 60 * dayMs, action);
  jest.advanceTimersByTime(30 * dayMs);
  cancel();
  cancel();
  jest.advanceTimersByTime(60 * dayMs);
  expect(action).not.toHaveBeenCalled();
});

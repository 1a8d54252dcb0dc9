import { expect, it } from '@jest/globals';
import { admit, hasRoom, type LimitState, nextTokenAtMs } from './admit.js';

const now = 1_000_000;
const rate = (limit: number, perMs: number, fullAtMs: number): LimitState => {
  return { name: 'activity-rate:calls', limit, perMs, inFlight: 0, fullAtMs };
};
const waiter = (order: number) => ({ priority: 3, rank: 0, order, limits: ['activity-rate:calls' as const] });

it('holds nobody back for longer than the rate of now says, whatever was stated before', () => {
  const monthMs = 30 * 86_400_000;
  const once = admit([rate(1, monthMs, 0)], [waiter(1)], now);
  const spent = once.limits.get('activity-rate:calls')?.fullAtMs;
  expect(spent).toBe(now + monthMs);

  const { admitted, limits } = admit([rate(10, 1_000, spent as number)], [waiter(2)], now);
  const standing = limits.get('activity-rate:calls') as LimitState;
  expect(admitted).toEqual([]);
  expect(hasRoom(standing, now)).toBe(false);
  expect(nextTokenAtMs(standing)).toBe(now + 100);
});

import { describe, expect, it, jest } from '@jest/globals';
import { MarathonApiError, MarathonConnectionError, UnexpectedAnswerError } from './errors.js';
import { retryDelayMs } from './retry.js';

const answer = (status: number, retryAfterMs?: number) =>
  new MarathonApiError({ type: '', title: '', status, code: 'MARATHON_OVERLOADED' }, retryAfterMs);
const lost = new MarathonConnectionError('lost');

describe('retryDelayMs', () => {
  it('is anything up to a bound that doubles, and ends', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const delays = Array.from({ length: 10 }, (_, index) => retryDelayMs(lost, index + 1));
    random.mockRestore();
    expect(delays).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, undefined]);
  });

  it('is at least what the gateway asked for, within reason', () => {
    expect(retryDelayMs(answer(503, 2_000), 1)).toBeGreaterThanOrEqual(2_000);
    expect(retryDelayMs(answer(503, 60_000), 1)).toBeUndefined();
  });

  it.each([429, 502, 503, 504])('exists for %d', (status) => expect(retryDelayMs(answer(status), 1)).toBeDefined());
  it.each([400, 404, 409, 422, 500])('does not exist for %d', (status) => expect(retryDelayMs(answer(status), 1)).toBeUndefined());

  it('does not exist for what no repetition changes', () => {
    expect(retryDelayMs(new UnexpectedAnswerError('?'), 1)).toBeUndefined();
    expect(retryDelayMs(new TypeError('a defect'), 1)).toBeUndefined();
  });
});

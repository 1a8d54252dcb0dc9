import { describe, expect, it } from '@jest/globals';
import { decodePayload, failureOf } from '../index.js';

describe('the failure of an error that stands for several', () => {
  it('names them as its details, the first twenty of them', () => {
    const errors = [new RangeError('one'), 'two', ...Array.from({ length: 30 }, () => new Error('more'))];
    const { type, details } = failureOf(new AggregateError(errors, 'all of them'));
    const { errors: named } = decodePayload(details) as { errors: readonly unknown[] };
    expect(type).toBe('AggregateError');
    expect(named).toHaveLength(20);
    expect(named.slice(0, 2)).toEqual([
      { type: 'RangeError', message: 'one' },
      { type: 'NonError', message: 'two' },
    ]);
  });

  it('has its own details when it brings some', () => {
    expect(failureOf(Object.assign(new AggregateError([new Error('one')]), { details: { own: 1 } })).details).toBe('{"own":1}');
  });

  it('may be one of those that it stands for', () => {
    const error = new AggregateError([], 'round');
    error.errors.push(error);
    expect(failureOf(error)).toMatchObject({ type: 'AggregateError', details: '{"errors":[{"type":"AggregateError","message":"round"}]}' });
  });
});

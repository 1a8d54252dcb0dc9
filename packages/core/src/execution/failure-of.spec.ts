import { describe, expect, it } from '@jest/globals';
import {
  ActivityFailedError,
  ActivityTimedOutError,
  ChildWorkflowFailedError,
  caughtFailure,
  decodePayload,
  failureOf,
  recordedError,
  recordedPayload,
  StepFailedError,
} from '../index.js';

const recorded = {
  type: 'Declined',
  message: 'no money',
  nonRetryable: true,
  details: recordedPayload('{"code":51}'),
  cause: { type: 'ActivityFailedError', message: 'm', attempt: 3, cause: { type: 'TypeError', message: 'deeper' } },
};

describe('a failure that code has caught', () => {
  it('is recorded as it was when it is thrown again', () => {
    expect(failureOf(recordedError(caughtFailure(recorded)))).toEqual(recorded);
  });

  it.each([
    ['activity', new ActivityFailedError('charge', 3, caughtFailure(recorded)), { attempt: 3 }],
    ['activity that timed out', new ActivityTimedOutError('charge', 2, 'startToClose', caughtFailure(recorded)), { attempt: 2 }],
    ['step', new StepFailedError('look', caughtFailure(recorded), 4), { attempt: 4 }],
    ['child', new ChildWorkflowFailedError('order', 'o', 'r', 'Failed', caughtFailure(recorded)), {}],
  ])('of an activity, step or child stands under its error: %s', (_, error, attempt) => {
    expect(failureOf(error)).toEqual({ type: error.name, message: error.message, ...attempt, cause: recorded });
    expect(JSON.stringify(failureOf(error))).not.toContain('failure-of.spec');
  });

  it('has no attempt when the error has another meaning for the word', () => {
    for (const attempt of [0, 1.5, 'first', {}])
      expect(failureOf(Object.assign(new Error('e'), { attempt }))).toEqual({ type: 'Error', message: 'e' });
  });
});

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

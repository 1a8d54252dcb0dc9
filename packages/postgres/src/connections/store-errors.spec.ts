import { describe, expect, it } from '@jest/globals';
import { CommitOutcomeUnknownError, StoreUnavailableError } from '@marathon/core';
import { StatementFailedError, toConnectError, toStoreError } from './store-errors.js';

const withCode = (code: string) => Object.assign(new Error('why'), { code });
const withState = (code: string) => Object.assign(withCode(code), { severity: 'ERROR' });

describe('toStoreError', () => {
  it.each([
    ['a broken pipe', withCode('EPIPE'), CommitOutcomeUnknownError, StoreUnavailableError],
    ['a reset connection', withCode('ECONNRESET'), CommitOutcomeUnknownError, StoreUnavailableError],
    [
      'a connection that the driver found closed',
      new Error('Connection terminated unexpectedly'),
      CommitOutcomeUnknownError,
      StoreUnavailableError,
    ],
    ['a server that shuts down', withState('57P01'), CommitOutcomeUnknownError, StoreUnavailableError],
    ['a connection exception', withState('08006'), CommitOutcomeUnknownError, StoreUnavailableError],
    ['a full disk', withState('53100'), StoreUnavailableError, StoreUnavailableError],
    ['a cancelled statement', withState('57014'), StoreUnavailableError, StoreUnavailableError],
    ['a deadlock', withState('40P01'), StoreUnavailableError, StoreUnavailableError],
    ['a server that is read-only for now', withState('25006'), StoreUnavailableError, StoreUnavailableError],
    ['a syntax error', withState('42601'), StatementFailedError, StatementFailedError],
    ['values that do not fit their statement', withState('08P01'), StatementFailedError, StatementFailedError],
    ['a value that cannot be sent', new TypeError('why'), StatementFailedError, StatementFailedError],
  ])('tells what %s means for a write, and for a read', (_case, thrown, ofWrite, ofRead) => {
    for (const error of [thrown, { driverError: thrown, message: 'wrapped' }]) {
      expect(toStoreError({ name: 'statement', isWrite: true }, error)).toBeInstanceOf(ofWrite);
      expect(toStoreError({ name: 'statement' }, error)).toBeInstanceOf(ofRead);
    }
  });

  it('leaves errors that say it themselves as they are', () => {
    const error = new StoreUnavailableError('why');
    expect(toStoreError({ name: 'statement' }, error)).toBe(error);
  });
});

describe('toConnectError', () => {
  it('says why, also where several addresses refused', () => {
    expect(toConnectError(withCode('ECONNREFUSED')).message).toBe('PostgreSQL cannot be reached: why');
    expect(toConnectError(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })).message).toBe(
      'PostgreSQL cannot be reached: ECONNREFUSED',
    );
  });
});

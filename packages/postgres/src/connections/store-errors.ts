import { CommitOutcomeUnknownError, MarathonError, StoreUnavailableError } from '@marathon/core';
import type { Statement } from './executor.js';

/** PostgreSQL refused a statement for a reason that does not pass. */
export class StatementFailedError extends MarathonError {
  readonly code = 'MARATHON_STATEMENT_FAILED';

  constructor(
    readonly statement: string,
    /** PostgreSQL's own code of the reason. */
    readonly sqlState: string,
    options: ErrorOptions & { readonly cause: Error },
  ) {
    super(`the statement ${statement} failed with ${sqlState}: ${options.cause.message}`, options);
  }
}

const protocolViolation = '08P01'; // a statement and its values that do not fit each other

/** Deadlocks and serialization failures: the statement did nothing, and may well succeed the next time. */
export const isTransient = (error: unknown): boolean => ['40P01', '40001'].includes(sqlStateOf(error) ?? '');

/** Without a code of PostgreSQL's own, or with one that says that it ends the session, the connection is what failed. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state.startsWith('57P') || (state.startsWith('08') && state !== protocolViolation);
}

/** Says what an error of the driver means to a caller of the store. */
export function toStoreError(statement: Statement, error: unknown): Error {
  if (error instanceof MarathonError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  if (isConnectionLoss(error)) {
    return statement.isWrite
      ? new CommitOutcomeUnknownError(`the connection was lost during ${statement.name}: ${cause.message}`, { cause })
      : new StoreUnavailableError(`the connection was lost during ${statement.name}: ${cause.message}`, { cause });
  }
  const state = sqlStateOf(error) ?? '';
  // Out of disk, memory or connections; cancelled; read-only while a standby takes over.
  if (isTransient(error) || state.startsWith('53') || state.startsWith('57') || state === '25006') {
    return new StoreUnavailableError(`PostgreSQL refused ${statement.name} for now (${state}): ${cause.message}`, { cause });
  }
  return new StatementFailedError(statement.name, state, { cause });
}

function sqlStateOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

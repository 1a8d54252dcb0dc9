import { CommitOutcomeUnknownError, MarathonError, SearchTooSlowError, StoreUnavailableError } from '@marathon/core';
import type { Statement } from './executor.js';

/** A statement was refused for a reason that does not pass. */
export class StatementFailedError extends MarathonError {
  readonly code = 'MARATHON_STATEMENT_FAILED';

  constructor(
    readonly statement: string,
    /** PostgreSQL's own code of the reason; `undefined` when the statement did not get there. */
    readonly sqlState: string | undefined,
    options: ErrorOptions,
  ) {
    super(`the statement ${statement} failed (${sqlState ?? 'not sent'}): ${reasonOf(options.cause)}`, options);
  }
}

const mistakes: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);
const protocolViolation = '08P01'; // a statement and its values that do not fit each other

const queryCanceled = '57014'; // what a statement's time-out gives

/** Deadlocks and serialization failures: the statement did nothing, and may well succeed the next time. */
export const isTransient = (error: unknown): boolean => ['40P01', '40001'].includes(sqlStateOf(error) ?? '');

/** Without a code of PostgreSQL's own, or with one that says that it ends the session, the connection is what failed. */
export function isConnectionLoss(error: unknown): boolean {
  const state = sqlStateOf(error);
  if (state === undefined) return !(isRecord(error) && mistakes.has(String(error.name)));
  return state.startsWith('57P') || (state.startsWith('08') && state !== protocolViolation);
}

/** Says what an error of the driver means to a caller of the store. */
export function toStoreError(statement: Pick<Statement, 'name' | 'isWrite' | 'isBounded'>, thrown: unknown): Error {
  if (thrown instanceof MarathonError) return thrown;
  const cause = driverErrorOf(thrown);
  if (isConnectionLoss(cause)) {
    const message = `the connection was lost during ${statement.name}: ${reasonOf(cause)}`;
    return statement.isWrite ? new CommitOutcomeUnknownError(message, { cause }) : new StoreUnavailableError(message, { cause });
  }
  const state = sqlStateOf(cause);
  if (statement.isBounded && state === queryCanceled) return new SearchTooSlowError('the search took longer than searches may', { cause });
  // Out of disk, memory or connections; cancelled; read-only while a standby takes over.
  if (isTransient(cause) || state?.startsWith('53') || state?.startsWith('57') || state === '25006') {
    return new StoreUnavailableError(`PostgreSQL refused ${statement.name} for now (${state}): ${reasonOf(cause)}`, { cause });
  }
  return new StatementFailedError(statement.name, state, { cause });
}

/** What kept a connection from being made. */
export function toConnectError(thrown: unknown): StoreUnavailableError {
  const cause = driverErrorOf(thrown);
  return new StoreUnavailableError(`PostgreSQL cannot be reached: ${reasonOf(cause)}`, { cause });
}

/** TypeORM wraps what the driver throws. */
const driverErrorOf = (error: unknown): unknown => (isRecord(error) && isRecord(error.driverError) ? error.driverError : error);

/** In a line, for logs and messages. Several refused addresses come as one error without a message. */
export function reasonOf(error: unknown): string {
  if (!isRecord(error)) return String(error);
  return String(error.message || error.code || error.name);
}

/** Errors of the system have codes too; those of PostgreSQL come with a severity. */
function sqlStateOf(error: unknown): string | undefined {
  return isRecord(error) && typeof error.severity === 'string' ? String(error.code) : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

import { type RunId, runId } from '@marathon/core';
import { invalidField } from '../http/problem.error.js';

/** Where a page of the list ended, as clients hand it back: the last run id, opaque to them. */
export const writeCursor = (lastRunId: RunId): string => Buffer.from(lastRunId.replaceAll('-', ''), 'hex').toString('base64url');

/** @throws ProblemError naming the field `cursor` */
export function readCursor(cursor: string): RunId {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== 16 || bytes.toString('base64url') !== cursor) throw invalidField('cursor', 'is none that this API gave out');
  const hex = bytes.toString('hex');
  return runId([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
}

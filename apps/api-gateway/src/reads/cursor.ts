import { isSortedByStart, type Ordering, runId, type SearchPosition } from '@marathon/core';
import { invalidField } from '../http/problem.error.js';

// Opaque to clients: the bytes of the last run's id, then, where the order goes by a value, `=` and that value, or nothing when the run has none.

const idBytes = 16;
const charsMax = 10_000;
/** How the store writes instants and statuses. */
const wholeNumber = /^-?\d{1,15}$/;

/** Where a page of the list ended, as clients hand it back. */
export function writeCursor({ runId: lastRunId, sortKey }: SearchPosition): string {
  const id = Buffer.from(lastRunId.replaceAll('-', ''), 'hex');
  return Buffer.concat(sortKey === undefined ? [id] : [id, Buffer.from(`=${sortKey}`)]).toString('base64url');
}

/** @throws ProblemError naming the field `cursor` */
export function readCursor(cursor: string, orderBy: Ordering): SearchPosition {
  const bytes = Buffer.from(cursor, 'base64url');
  const sortKey = bytes.length > idBytes ? bytes.toString('utf8', idBytes + 1) : undefined;
  const hex = bytes.toString('hex', 0, idBytes);
  const id = runId([hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'));
  const position = sortKey === undefined ? { runId: id } : { runId: id, sortKey };
  const isOurs = cursor.length <= charsMax && bytes.length >= idBytes && writeCursor(position) === cursor;
  if (!isOurs || (sortKey !== undefined && !fits(sortKey, orderBy)))
    throw invalidField('cursor', 'is none that this API gave out for such a query');
  return position;
}

function fits(sortKey: string, { field }: Ordering): boolean {
  if (isSortedByStart(field)) return false;
  const isNumeric = 'own' in field && (field.own === 'closedAt' || field.own === 'status');
  return isNumeric ? wholeNumber.test(sortKey) : !sortKey.includes('\u0000');
}

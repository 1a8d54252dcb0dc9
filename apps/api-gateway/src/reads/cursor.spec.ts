import { describe, expect, it } from '@jest/globals';
import { newestFirst, type Ordering, runId } from '@marathon/core';
import { readCursor, writeCursor } from './cursor.js';

const id = runId('01939d1e-8b51-7d42-8a7f-3c7b1d6e5f22');
const by = (field: Ordering['field']): Ordering => ({ field, direction: 'asc' });

describe('a cursor', () => {
  it('comes back as the run id it was', () => {
    expect(writeCursor({ runId: id })).toMatch(/^[\w-]{22}$/);
    expect(readCursor(writeCursor({ runId: id }), newestFirst)).toEqual({ runId: id });
  });

  it.each([
    [{ attribute: 'a' } as const, 'sä😀'],
    [{ own: 'workflow' } as const, ''],
    [{ own: 'closedAt' } as const, '-5'],
  ])('comes back with the value that %j had', (field, sortKey) => {
    expect(readCursor(writeCursor({ runId: id, sortKey }), by(field))).toEqual({ runId: id, sortKey });
  });

  it.each([
    ['', newestFirst],
    ['abc', newestFirst],
    ['!', newestFirst],
    ['AZOdHotRfUKKfzx7HW5fIg==', newestFirst],
    [writeCursor({ runId: id, sortKey: 'x' }), newestFirst],
    [writeCursor({ runId: id, sortKey: 'x' }), by({ own: 'closedAt' })],
    [writeCursor({ runId: id, sortKey: '1e9' }), by({ own: 'status' })],
    [writeCursor({ runId: id, sortKey: 's\u0000' }), by({ attribute: 'a' })],
    [writeCursor({ runId: id, sortKey: 'x'.repeat(10_000) }), by({ attribute: 'a' })],
  ])('that is %j is refused', (cursor, orderBy) => {
    expect(() => readCursor(cursor, orderBy)).toThrow(
      expect.objectContaining({ details: { errors: [expect.objectContaining({ field: 'cursor' })] } }),
    );
  });
});

import { expect, it } from '@jest/globals';
import { runId } from '@marathon/core';
import { readCursor, writeCursor } from './cursor.js';

it('comes back as the run id it was', () => {
  const id = runId('01939d1e-8b51-7d42-8a7f-3c7b1d6e5f22');
  expect(writeCursor(id)).toMatch(/^[\w-]{22}$/);
  expect(readCursor(writeCursor(id))).toBe(id);
});

it.each(['', 'abc', '!', 'AZOdHotRfUKKfzx7HW5fIg=='])('refuses %j', (cursor) => {
  expect(() => readCursor(cursor)).toThrow(
    expect.objectContaining({ details: { errors: [expect.objectContaining({ field: 'cursor' })] } }),
  );
});

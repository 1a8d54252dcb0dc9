import { expect, it } from '@jest/globals';
import { refuseSearchAttributes } from './search-attributes.js';

const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]));

it.each([
  [{}],
  [{ amount: 1.5, paid: false, region: 'eu', dueAt: '2025-11-21T08:00:00Z', tags: ['a', ''], none: [] }],
  [{ [`A_${'9'.repeat(62)}`]: 'x'.repeat(2_048) }],
  [numbered(50)],
])('takes %j', (attributes) => expect(refuseSearchAttributes(attributes)).toBeUndefined());

it.each([
  [null, undefined, 'an object'],
  [['a'], undefined, 'an object'],
  [numbered(51), undefined, 'at most 50'],
  [{ 'due-at': 1 }, 'due-at', 'characters'],
  [{ '': 1 }, '', 'characters'],
  [{ ['x'.repeat(65)]: 1 }, 'x'.repeat(65), 'characters'],
  [{ a: null }, 'a', 'list of texts'],
  [{ a: { b: 1 } }, 'a', 'list of texts'],
  [{ a: ['x', 1] }, 'a', 'list of texts'],
  [{ a: Number.NaN }, 'a', 'finite'],
  [{ a: 'ä'.repeat(1_025) }, 'a', 'has 2050'],
  [{ a: Array(500).fill('xyz') }, 'a', 'at most 2048 bytes'],
  [{ a: 'x\u0000' }, 'a', 'U+0000'],
  [{ a: ['\ud83d', '\ude00'] }, 'a', 'surrogate'],
])('refuses %j', (attributes, name, part) => {
  const refusal = refuseSearchAttributes(attributes);
  expect(refusal?.name).toBe(name);
  expect(refusal?.message).toContain(part);
});

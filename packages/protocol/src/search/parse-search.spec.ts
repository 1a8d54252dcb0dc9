import { describe, expect, it } from '@jest/globals';
import { type Condition, runStatuses, type SearchField } from '@marathon/core';
import fc from 'fast-check';
import { printSearch } from '../../test/print-search.js';
import { parseField, parseSearch } from './parse-search.js';
import { SearchSyntaxError } from './search-syntax.error.js';

const nowMs = Date.parse('2025-11-21T08:00:00Z');
const parse = (text: string) => parseSearch(text, nowMs);
const own = (name: string) => ({ own: name }) as SearchField;
const is = (field: SearchField, value: string | number | boolean, operator = '=') =>
  ({ kind: 'compare', field, operator, value }) as Condition;

describe('a query', () => {
  it('compares fields of the run and search attributes, and orders', () => {
    expect(parse('status = "Running" and amount > 100 order by startedAt desc')).toEqual({
      where: { kind: 'and', conditions: [is(own('status'), 'Running'), is({ attribute: 'amount' }, 100, '>')] },
      orderBy: { field: own('startedAt'), direction: 'desc' },
    });
  });

  it.each<[string, object]>([
    ['', {}],
    ['  ', {}],
    ['order by amount', { orderBy: { field: { attribute: 'amount' }, direction: 'asc' } }],
    ['ORDER BY `status` DESC', { orderBy: { field: { attribute: 'status' }, direction: 'desc' } }],
    [
      'order = 1 order by order asc',
      { where: is({ attribute: 'order' }, 1), orderBy: { field: { attribute: 'order' }, direction: 'asc' } },
    ],
    ['`not`=-1.5e3', { where: is({ attribute: 'not' }, -1_500) }],
    ['a = -0', { where: is({ attribute: 'a' }, 0) }],
    ['nota != TRUE', { where: is({ attribute: 'nota' }, true, '!=') }],
    ['a = "x\\"\\u00e4 \\n"', { where: is({ attribute: 'a' }, 'x"ä \n') }],
    ['a in (1, "b",false)', { where: { kind: 'in', field: { attribute: 'a' }, values: [1, 'b', false] } }],
    ['workflow starts with "or"', { where: { kind: 'starts-with', field: own('workflow'), text: 'or' } }],
    ['tags contains "new"', { where: { kind: 'contains', field: { attribute: 'tags' }, text: 'new' } }],
    ['closedAt is null', { where: { kind: 'is-null', field: own('closedAt') } }],
    ['a is not null', { where: { kind: 'not', condition: { kind: 'is-null', field: { attribute: 'a' } } } }],
    ['startedAt >= now - 1h', { where: is(own('startedAt'), '2025-11-21T07:00:00.000Z', '>=') }],
    ['dueAt < now +1d', { where: is({ attribute: 'dueAt' }, '2025-11-22T08:00:00.000Z', '<') }],
    ['dueAt < now', { where: is({ attribute: 'dueAt' }, '2025-11-21T08:00:00.000Z', '<') }],
  ])('reads %j', (text, expected) => expect(parse(text)).toEqual(expected));

  it('binds "not" before "and" before "or"', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((attribute) => is({ attribute }, 1));
    const conditions = [a, { kind: 'and', conditions: [b, { kind: 'not', condition: c }] }];
    expect(parse('a = 1 or b = 1 and not c = 1')).toEqual({ where: { kind: 'or', conditions } });
    expect(parse('(a = 1 or b = 1) and c = 1')).toEqual({
      where: { kind: 'and', conditions: [{ kind: 'or', conditions: [a, b] }, c] },
    });
  });
});

it.each<[string, number, string]>([
  ['status', 7, '=, !=, <'],
  ['status =', 9, 'a text in double quotes, a number'],
  ["status = 'Running'", 10, 'a text in double quotes'],
  ['status = "Runing"', 10, 'one of "Pending", "Running"'],
  ['status > "Running"', 8, 'one of =, !=, in'],
  ['status = "Running" amount > 1', 20, '"and", "or", "order by" or the end'],
  ['status = "Running" and', 23, 'the name of a field'],
  ['(a = 1', 7, '"and", "or" or ")"'],
  ['a = 1)', 6, 'or the end'],
  ['a = "x', 7, 'the closing "'],
  ['a = "\\x"', 5, 'escapes of JSON'],
  ['a = "\\u0000"', 5, 'U+0000'],
  ['a = "\\ud800"', 5, 'surrogate'],
  ['a = 1e999', 5, 'beyond all bounds'],
  ['a = 1.', 5, 'a number'],
  ['a == 1', 4, 'a text'],
  ['a in 1', 6, '"("'],
  ['a in (1 2)', 9, '"," or ")"'],
  ['a starts "x"', 3, '"starts with"'],
  ['a starts with 1', 15, 'a text'],
  ['a is 1', 3, '"is null"'],
  ['a-b = 1', 2, '=, !='],
  ['startedAt > "2025-11-21"', 13, 'an instant like'],
  ['startedAt > 5', 13, 'an instant like'],
  ['startedAt > now - 3651d', 17, 'at most 3650d'],
  ['workflow = 5', 12, 'a text'],
  ['workflow contains "a"', 10, 'starts with'],
  ['runId = "1"', 9, 'a UUID'],
  ['runId > "01939d1e-8b51-7d42-8a7f-3c7b1d6e5f22"', 7, 'one of =, !=, in'],
  ['order by', 9, 'the name of a field'],
  ['order by a sideways', 12, 'the end'],
  ['order by a a = 1', 12, 'the end'],
  [Array(21).fill('a = 1').join(' or '), 181, 'at most 20 comparisons'],
  [`${'('.repeat(21)}a = 1`, 21, 'at most 20 levels'],
  [`${'not '.repeat(25)}a = 1`, 81, 'at most 20 levels'],
  ['a = "'.padEnd(2_001, 'x'), 2_001, 'at most 2000 characters'],
])('refuses %j at character %i', (text, position, expected) => {
  expect(() => parse(text)).toThrow(SearchSyntaxError);
  expect(() => parse(text)).toThrow(expect.objectContaining({ position, expected: expect.stringContaining(expected) }));
});

it('reads the name of a field alone', () => {
  expect([parseField('status'), parseField(' `status` '), parseField('region')]).toEqual([
    own('status'),
    { attribute: 'status' },
    { attribute: 'region' },
  ]);
  expect(() => parseField('a b')).toThrow(expect.objectContaining({ position: 3 }));
});

describe('for any query', () => {
  const attribute = fc
    .oneof(fc.stringMatching(/^[A-Za-z0-9_]{1,10}$/), fc.constantFrom('status', 'not', 'order', 'NOT', 'now', 'in', 'true', '1'))
    .map((name): SearchField => ({ attribute: name }));
  const text = fc.string({ unit: 'grapheme', maxLength: 10 }).filter((value) => value.isWellFormed() && !value.includes('\u0000'));
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const literal = fc.oneof(text, number, fc.boolean());
  const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=');
  const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  const comparison = fc.oneof(
    fc.record({ kind: fc.constant('compare'), field: attribute, operator, value: literal }),
    fc.record({
      kind: fc.constant('compare'),
      field: fc.constant(own('status')),
      operator: fc.constant('='),
      value: fc.constantFrom(...runStatuses),
    }),
    fc.record({ kind: fc.constant('compare'), field: fc.constantFrom(own('startedAt'), own('closedAt')), operator, value: instant }),
    fc.record({ kind: fc.constant('in'), field: attribute, values: fc.array(literal, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constantFrom('starts-with', 'contains'), field: attribute, text }),
    fc.record({ kind: fc.constant('is-null'), field: attribute }),
  ) as fc.Arbitrary<Condition>;
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'query' },
      comparison,
      tie('condition').map((inner): Condition => ({ kind: 'not', condition: inner })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 2 }))
        .map(([kind, conditions]): Condition => ({ kind, conditions })),
    ),
  }));
  const ordering = fc.record({
    field: fc.oneof(attribute, fc.constant(own('closedAt'))),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  });
  const query = fc.record({ where: condition, orderBy: ordering }, { requiredKeys: [] });

  it('what is printed is read as what it was', () => {
    fc.assert(fc.property(query, (original) => expect(parse(printSearch(original))).toEqual(original)));
  });

  it('nothing but a SearchSyntaxError within the text or at its end is thrown', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'a',
        'status',
        '"',
        '"x"',
        '(',
        ')',
        'and',
        'not',
        '=',
        '1',
        '-',
        'now',
        '1h',
        'order',
        'by',
        'is',
        'null',
        ',',
        ' ',
        '`',
        '\\',
        '\ud800',
      ),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      pieces.map((all) => all.join(' ')),
      pieces.map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (any) => {
        try {
          parse(any);
        } catch (error) {
          if (!(error instanceof SearchSyntaxError)) throw error;
          expect(error.position).toBeGreaterThanOrEqual(1);
          expect(error.position).toBeLessThanOrEqual(any.length + 1);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

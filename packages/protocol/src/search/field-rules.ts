import { type Comparison, instantOf, type Literal, ownFields, runStatuses, type SearchField } from '@marathon/core';
import { RunIdText } from '../rest/fields.js';
import { SearchSyntaxError } from './search-syntax.error.js';

const operators = {
  status: ['=', '!=', 'in'],
  text: ['=', '!=', '<', '<=', '>', '>=', 'in', 'starts-with'],
  id: ['=', '!=', 'in'],
  instant: ['=', '!=', '<', '<=', '>', '>=', 'in'],
} as const;

/** A search attribute may have any type; a field of the run has its own. @throws SearchSyntaxError */
export function checkOperator(comparison: Comparison, position: number): void {
  const { field, kind } = comparison;
  if ('attribute' in field) return;
  const known: readonly string[] = operators[ownFields[field.own]];
  const used = kind === 'compare' ? comparison.operator : kind;
  if (known.includes(used)) return;
  const list = [...known, 'is null', 'is not null'].join(', ').replace('-', ' ');
  throw new SearchSyntaxError(position, `one of ${list} (${field.own} takes no other)`);
}

/** @throws SearchSyntaxError */
export function checkLiteral(field: SearchField, value: Literal, position: number): void {
  if ('attribute' in field) return;
  const { isFit, expected } = literals[ownFields[field.own]];
  if (typeof value !== 'string' || !isFit(value)) throw new SearchSyntaxError(position, `${expected}, as ${field.own} is one`);
}

const literals = {
  status: {
    isFit: (text: string) => (runStatuses as readonly string[]).includes(text),
    expected: `one of ${runStatuses.map((status) => `"${status}"`).join(', ')}`,
  },
  text: { isFit: () => true, expected: 'a text in double quotes' },
  id: { isFit: (text: string) => RunIdText.safeParse(text).success, expected: 'a UUID in small letters and double quotes' },
  instant: {
    isFit: (text: string) => instantOf(text) !== undefined,
    expected: 'an instant like "2025-11-21T08:00:00Z" or now - 1h',
  },
};

import {
  boundsOf,
  type Comparison,
  type ComparisonOperator,
  type Condition,
  compareKeys,
  instantOf,
  keyOf,
  keysOf,
  type Literal,
  type OwnField,
  ownFields,
  type SearchAttributeValue,
} from '@marathon/core';
import type { RunRecord } from './event-log-state.js';

/** Whether the condition holds of the run. */
export function holdsOf(run: RunRecord, condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((part) => holdsOf(run, part));
    case 'or':
      return condition.conditions.some((part) => holdsOf(run, part));
    case 'not':
      return !holdsOf(run, condition.condition);
    default:
      return 'own' in condition.field
        ? holdsOfOwn(run, condition.field.own, condition)
        : holdsOfAttribute(run, condition.field.attribute, condition);
  }
}

function holdsOfAttribute(run: RunRecord, name: string, comparison: Comparison): boolean {
  const value = attributeOf(run, name);
  if (comparison.kind === 'is-null') return value === undefined;
  if (value === undefined) return false;
  const keys = keysOf(value);
  if (comparison.kind === 'in') return comparison.values.map(keyOf).some((wanted) => keys.includes(wanted));
  const bounds = boundsOf(comparison);
  return keys.some((key) => bounds.every((bound) => fits(compareKeys(key, bound.key), bound.operator)));
}

/** Names are the users': one may be called `constructor`. */
export const attributeOf = ({ searchAttributes }: RunRecord, name: string): SearchAttributeValue | undefined =>
  Object.hasOwn(searchAttributes, name) ? searchAttributes[name] : undefined;

function holdsOfOwn(run: RunRecord, field: OwnField, comparison: Comparison): boolean {
  const value = ownValue(run, field);
  if (comparison.kind === 'is-null') return value === undefined;
  if (value === undefined) return false;
  const against = (literal: Literal) => compareOwn(value, literal);
  switch (comparison.kind) {
    case 'compare':
      return fits(against(comparison.value), comparison.operator);
    case 'in':
      return comparison.values.some((literal) => against(literal) === 0);
    case 'starts-with':
      return String(value).startsWith(comparison.text);
    case 'contains':
      return false;
  }
}

/** Instants as milliseconds. */
export function ownValue(run: RunRecord, field: OwnField): string | number | undefined {
  if (field === 'statusText') return run.statusText || undefined;
  if (ownFields[field] !== 'instant') return run[field as Exclude<OwnField, 'startedAt' | 'closedAt' | 'statusText'>];
  return field === 'startedAt' ? run.startedAtMs : run.closedAtMs;
}

function compareOwn(value: string | number, literal: Literal): number {
  return typeof value === 'number' ? value - (instantOf(String(literal)) ?? Number.NaN) : compareKeys(value, String(literal));
}

function fits(order: number, operator: ComparisonOperator): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

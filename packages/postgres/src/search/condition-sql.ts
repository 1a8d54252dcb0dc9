import {
  boundsOf,
  type Comparison,
  type Condition,
  instantOf,
  isClosed,
  keyOf,
  type Literal,
  type OwnField,
  ownFields,
  type RunStatus,
  statusCodes,
} from '@marathon/core';
import { instant } from '../sql/instants.js';

/** The values of a statement that is made for one search: nothing of what a user wrote stands in its text. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Gives the place that stands for the value. */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

export const ownColumns = {
  status: 'w.status',
  workflow: 'w.workflow',
  workflowId: 'w.workflow_id',
  runId: 'w.run_id',
  taskQueue: 'w.task_queue',
  startedAt: 'w.started_at',
  closedAt: 'w.closed_at',
  statusText: `(nullif(w.status_text, '') collate "C")`,
} as const satisfies Record<OwnField, string>;

/** What is true of the row `w` of a run of which the condition holds, and false of any other: never null, so that it can be denied. */
export function conditionSql(condition: Condition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.conditions.map((part) => conditionSql(part, parameters)).join(` ${condition.kind} `)})`;
    case 'not':
      return `not ${conditionSql(condition.condition, parameters)}`;
    default:
      return 'own' in condition.field
        ? ownSql(condition.field.own, condition, parameters)
        : attributeSql(condition.field.attribute, condition, parameters);
  }
}

function attributeSql(name: string, comparison: Comparison, parameters: Parameters): string {
  const row = `select from search_attributes a where a.run_id = w.run_id and a.name = ${parameters.add(name)}`;
  if (comparison.kind === 'is-null') return `not exists (${row})`;
  if (comparison.kind === 'in') return `exists (${row} and a.key = any (${parameters.add(comparison.values.map(keyOf))}::text[]))`;
  const bounds = boundsOf(comparison).map(({ operator, key }) => `a.key ${operator} ${parameters.add(key)}`);
  return `exists (${row} and ${bounds.join(' and ')})`;
}

function ownSql(field: OwnField, comparison: Comparison, parameters: Parameters): string {
  const column = ownColumns[field];
  switch (comparison.kind) {
    case 'is-null':
      return `(${column} is null)`;
    case 'contains':
      return 'false';
    case 'starts-with':
      return `(${column} is not null and starts_with(${column}, ${parameters.add(comparison.text)}))`;
    case 'in':
      return `(${comparison.values.map((value) => ownSql(field, { kind: 'compare', field: comparison.field, operator: '=', value }, parameters)).join(' or ')})`;
    case 'compare':
      if (field === 'status' && comparison.operator === '=') return hasStatus(comparison.value as RunStatus, parameters);
      return `(${column} is not null and ${column} ${comparison.operator} ${ownValue(field, comparison.value, parameters)})`;
  }
}

/** By the index of closed runs where that has them. */
function hasStatus(status: RunStatus, parameters: Parameters): string {
  const code = parameters.add(statusCodes[status]);
  return isClosed(status) ? `(w.closed_status is not null and w.closed_status = ${code})` : `(w.closed_at is null and w.status = ${code})`;
}

function ownValue(field: OwnField, literal: Literal, parameters: Parameters): string {
  switch (ownFields[field]) {
    case 'status':
      return parameters.add(statusCodes[literal as RunStatus]);
    case 'instant':
      return instant(`${parameters.add(instantOf(String(literal)))}::float8`);
    case 'id':
      return `${parameters.add(literal)}::uuid`;
    case 'text':
      return parameters.add(literal);
  }
}

import { type Condition, type Literal, ownFields, type SearchField, type SearchQuery } from '@marathon/core';

/** The text of a query: `parseSearch` gives the query back. */
export function printSearch({ where, orderBy }: SearchQuery): string {
  const ordering = orderBy && `order by ${printField(orderBy.field)} ${orderBy.direction}`;
  return [where && print(where), ordering].filter((part) => part !== undefined).join(' ');
}

function print(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.map(printOperand).join(` ${condition.kind} `);
    case 'not':
      if (condition.condition.kind === 'is-null') return `${printField(condition.condition.field)} is not null`;
      return `not ${printOperand(condition.condition)}`;
    case 'is-null':
      return `${printField(condition.field)} is null`;
    case 'compare':
      return `${printField(condition.field)} ${condition.operator} ${printLiteral(condition.value)}`;
    case 'in':
      return `${printField(condition.field)} in (${condition.values.map(printLiteral).join(', ')})`;
    case 'starts-with':
      return `${printField(condition.field)} starts with ${printLiteral(condition.text)}`;
    case 'contains':
      return `${printField(condition.field)} contains ${printLiteral(condition.text)}`;
  }
}

const printOperand = (condition: Condition): string =>
  condition.kind === 'and' || condition.kind === 'or' ? `(${print(condition)})` : print(condition);

/** In backticks where the bare name would be a field of the run, or be read as a word of the language. */
function printField(field: SearchField): string {
  if ('own' in field) return field.own;
  const { attribute } = field;
  return Object.hasOwn(ownFields, attribute) || /^(not|order)$/i.test(attribute) ? `\`${attribute}\`` : attribute;
}

const printLiteral = (value: Literal): string => JSON.stringify(value);

/**
 * What a run may be searched by: a field of its own, or a search attribute. Every condition holds of a run or does not; a comparison
 * holds only of runs that have a value of the literal's type there. So `not (amount = 5)` holds of runs without an amount, and
 * `amount != 5` does not.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | Comparison;

export type Comparison =
  | { readonly kind: 'compare'; readonly field: SearchField; readonly operator: ComparisonOperator; readonly value: Literal }
  | { readonly kind: 'in'; readonly field: SearchField; readonly values: readonly Literal[] }
  | { readonly kind: 'starts-with'; readonly field: SearchField; readonly text: string }
  /** Of a list: that it has this element. */
  | { readonly kind: 'contains'; readonly field: SearchField; readonly text: string }
  | { readonly kind: 'is-null'; readonly field: SearchField };

export type ComparisonOperator = (typeof comparisonOperators)[number];
export const comparisonOperators = ['=', '!=', '<', '<=', '>', '>='] as const;

/** A text that is an instant (see `instantOf`) stands for that instant. */
export type Literal = string | number | boolean;

export type SearchField = { readonly own: OwnField } | { readonly attribute: string };

export type OwnField = keyof typeof ownFields;

/** What each field of a run takes. */
export const ownFields = {
  status: 'status',
  workflow: 'text',
  workflowId: 'text',
  runId: 'id',
  taskQueue: 'text',
  startedAt: 'instant',
  closedAt: 'instant',
  statusText: 'text',
} as const satisfies Record<string, 'status' | 'text' | 'id' | 'instant'>;

/** Runs without a value in `field`, or with a list there, come last, either way. */
export interface Ordering {
  readonly field: SearchField;
  readonly direction: 'asc' | 'desc';
}

/** What runs can be counted by. */
export type GroupField = { readonly own: 'status' | 'workflow' | 'taskQueue' } | { readonly attribute: string };

/** A search as it is written in a query. */
export interface SearchQuery {
  readonly where?: Condition;
  readonly orderBy?: Ordering;
}

export const newestFirst: Ordering = { field: { own: 'startedAt' }, direction: 'desc' };

/** Run ids are in the order of starts: the index on them gives it. */
export const isSortedByStart = (field: SearchField): boolean => 'own' in field && (field.own === 'startedAt' || field.own === 'runId');

/**
 * A failure that belongs to the business and comes back as a value: an activity returns it, so that whoever calls the activity has
 * to look before using the result. It is no error: nothing retries it.
 */
export interface BusinessFailure<Type extends string = string, Details = unknown> {
  /** Always `failure`; tells it from results. */
  readonly kind: 'failure';
  /** What went wrong, for code to go by: `CardDeclined`. */
  readonly type: Type;
  readonly details: Details;
}

/** Makes one: `return failure('CardDeclined', { reason })`. `details` come back as their JSON form does. */
export function failure<const Type extends string>(type: Type): BusinessFailure<Type, undefined>;
export function failure<const Type extends string, Details>(type: Type, details: Details): BusinessFailure<Type, Details>;
export function failure(type: string, details?: unknown): BusinessFailure {
  return { kind: 'failure', type, details };
}

/**
 * Whether a value is a business failure, of one type or of any. What is left of the union otherwise is the result.
 *
 * ```ts
 * const charged = await chargeCard(order);
 * if (isFailure(charged, 'CardDeclined')) return notify(charged.details.reason);
 * await ship(charged.receipt);
 * ```
 */
export function isFailure<Value, Type extends FailureTypeOf<Value>>(
  value: Value,
  type: Type,
): value is Extract<Value, { readonly kind: 'failure'; readonly type: Type }>;
export function isFailure<Value>(value: Value): value is Extract<Value, { readonly kind: 'failure'; readonly type: string }>;
export function isFailure(value: unknown, type?: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, type: found } = value as Partial<BusinessFailure>;
  return kind === 'failure' && typeof found === 'string' && (type === undefined || found === type);
}

/** The types of the failures that a union holds. */
export type FailureTypeOf<Value> = Extract<Value, BusinessFailure>['type'];

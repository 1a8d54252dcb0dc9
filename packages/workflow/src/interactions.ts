import type { ActivityDefinition, QueryDefinition, Schema, SignalDefinition, UpdateDefinition } from '@marathon/core';

/**
 * Defines a signal, by a schema or by a type alone: `signal('approve', z.object({ by: z.string() }))`,
 * `signal<Approval>('approve')`.
 */
export function signal<Payload = void>(name: string, payload?: Schema<Payload>): SignalDefinition<Payload> {
  return { kind: 'signal', name, ...(payload && { payload }) };
}

/**
 * Defines an activity for workflows to call and for workers to implement, by schemas or by types alone:
 * `activity('charge-card', { input: Charge, result: Receipt })`, `activity<Receipt, Charge>('charge-card')`.
 */
export function activity<Output = unknown, Input = void>(
  name: string,
  schemas: { readonly input?: Schema<Input>; readonly result?: Schema<Output> } = {},
): ActivityDefinition<Input, Output> {
  const { input, result } = schemas;
  return { kind: 'activity', name, ...(input && { input }), ...(result && { result }) };
}

/** Defines a query and what it answers: `query<Progress>('progress')`. */
export function query<Output, Input = void>(name: string, input?: Schema<Input>): QueryDefinition<Input, Output> {
  return { kind: 'query', name, ...(input && { input }) };
}

/** Defines an update and what it answers: `update<Total, Line>('add-line')`. */
export function update<Output, Input = void>(name: string, input?: Schema<Input>): UpdateDefinition<Input, Output> {
  return { kind: 'update', name, ...(input && { input }) };
}

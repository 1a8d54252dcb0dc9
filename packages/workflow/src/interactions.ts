import type { QueryDefinition, Schema, SignalDefinition, UpdateDefinition } from '@marathon/core';

/**
 * Defines a signal, by a schema or by a type alone: `signal('approve', z.object({ by: z.string() }))`,
 * `signal<Approval>('approve')`.
 */
export function signal<Payload = void>(name: string, payload?: Schema<Payload>): SignalDefinition<Payload> {
  return { kind: 'signal', name, ...(payload && { payload }) };
}

/** Defines a query and what it answers: `query<Progress>('progress')`. */
export function query<Output, Input = void>(name: string, input?: Schema<Input>): QueryDefinition<Input, Output> {
  return { kind: 'query', name, ...(input && { input }) };
}

/** Defines an update and what it answers: `update<Total, Line>('add-line')`. */
export function update<Output, Input = void>(name: string, input?: Schema<Input>): UpdateDefinition<Input, Output> {
  return { kind: 'update', name, ...(input && { input }) };
}

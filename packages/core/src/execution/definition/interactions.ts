import type { Schema } from './schema.js';

// What can be sent to a run, by name. The definitions carry the types from the workflow to its clients and its tests.

declare const types: unique symbol;

/** A message to a run. It is accepted once and for all, and waits until the code takes it. */
export interface SignalDefinition<Payload = unknown> {
  readonly kind: 'signal';
  readonly name: string;
  /** What is sent must fit it. Default: anything. */
  readonly payload?: Schema<Payload>;
  /** Exists in types only. */
  readonly [types]?: { readonly payload: Payload };
}

/** A question about what a run's code knows. Answering it changes nothing. */
export interface QueryDefinition<Input = unknown, Output = unknown> {
  readonly kind: 'query';
  readonly name: string;
  /** What is sent must fit it. Default: anything. */
  readonly input?: Schema<Input>;
  /** Exists in types only. */
  readonly [types]?: { readonly input: Input; readonly output: Output };
}

/** A request to a run that is checked, taken up by its code, and answered. */
export interface UpdateDefinition<Input = unknown, Output = unknown> {
  readonly kind: 'update';
  readonly name: string;
  /** What is sent must fit it. Default: anything. */
  readonly input?: Schema<Input>;
  /** Exists in types only. */
  readonly [types]?: { readonly input: Input; readonly output: Output };
}

// Any of them, whatever its types: for lists.
// biome-ignore lint/suspicious/noExplicitAny: no narrower type holds all definitions.
export type AnySignalDefinition = SignalDefinition<any>;
// biome-ignore lint/suspicious/noExplicitAny: no narrower type holds all definitions.
export type AnyQueryDefinition = QueryDefinition<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: no narrower type holds all definitions.
export type AnyUpdateDefinition = UpdateDefinition<any, any>;

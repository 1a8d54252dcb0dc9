import type {
  AnyQueryDefinition,
  AnySignalDefinition,
  AnyUpdateDefinition,
  QueryDefinition,
  SignalDefinition,
  UpdateDefinition,
} from '@marathon/core';

/** Whatever has a workflow's `run`: a definition, or an instance of a class with `@Workflow()`. Only its type is looked at. */
export interface WorkflowType {
  /** Never called. */
  readonly run?: (context: never, input: never) => Promise<unknown>;
}

/** A workflow as a value: a definition, or what `workflowOf` gives for a class. */
export interface NamedWorkflow extends WorkflowType {
  readonly name: string;
  /** A class has a name too, which is not the workflow's. */
  readonly prototype?: never;
}

// biome-ignore lint/suspicious/noExplicitAny: a context is contravariant, so no narrower type matches every `run`.
type Run<Input, Output> = (context: any, input: Input) => Promise<Output>;

/** `unknown` where the workflow says nothing of its input. */
export type InputOf<Type extends WorkflowType> = Type extends { readonly run?: Run<infer Input, unknown> } ? Input : unknown;
/** What the workflow returns; `unknown` where it says nothing of it. */
export type OutputOf<Type extends WorkflowType> = Type extends { readonly run?: Run<never, infer Output> } ? Output : unknown;

/** What is sent with the signal. */
export type PayloadOf<Signal extends AnySignalDefinition> = Signal extends SignalDefinition<infer Payload> ? Payload : unknown;

/** What is sent with the query. */
export type QueryInputOf<Query extends AnyQueryDefinition> = Query extends QueryDefinition<infer Input, unknown> ? Input : unknown;
/** What the query answers. */
export type QueryOutputOf<Query extends AnyQueryDefinition> =
  Query extends QueryDefinition<infer _Input, infer Output> ? Known<Output> : unknown;

/** What is sent with the update. */
export type UpdateInputOf<Update extends AnyUpdateDefinition> = Update extends UpdateDefinition<infer Input, unknown> ? Input : unknown;
/** What the update answers. */
export type UpdateOutputOf<Update extends AnyUpdateDefinition> =
  Update extends UpdateDefinition<infer _Input, infer Output> ? Known<Output> : unknown;

/** Of what is asked for by its name alone nothing is known. */
type Known<Type> = 0 extends Type & 1 ? unknown : Type;

/** An argument that may be left out where its type allows for nothing, and what follows it. */
export type Argument<Value, Options> = undefined extends Value ? [value?: Value, options?: Options] : [value: Value, options?: Options];

export const nameOf = (named: string | { readonly name: string }): string => (typeof named === 'string' ? named : named.name);

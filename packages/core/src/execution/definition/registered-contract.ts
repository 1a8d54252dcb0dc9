import type { AnyWorkflowDefinition } from './definition.js';
import { issuesOf } from './payload-check.js';
import type { Schema } from './schema.js';

// A contract as it is written down for gateways.
//  C1  A schema that cannot describe itself is left out: what it would refuse, orchestrators find out.
//  C2  A list is the whole of it: a workflow that lists its queries has no others. One that lists none has whatever its code registers.

export interface RegisteredContract {
  readonly input?: RegisteredSchema;
  readonly signals?: readonly RegisteredInteraction[];
  readonly queries?: readonly RegisteredInteraction[];
  readonly updates?: readonly RegisteredInteraction[];
}

export interface RegisteredInteraction {
  readonly name: string;
  /** Of what is sent. */
  readonly payload?: RegisteredSchema;
}

export interface RegisteredSchema {
  /** JSON Schema, draft 2020-12. */
  readonly schema: JsonSchema;
  /** Nothing at all may be sent. */
  readonly isOptional?: true;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A larger one is not written down: orchestrators alone check what is sent then. */
export const contractCharsMax = 256 * 1024;

/** Nothing when the workflow says nothing of what may be sent. */
export function registeredContract({ input, signals, queries, updates }: AnyWorkflowDefinition): RegisteredContract | undefined {
  const inputSchema = registeredSchema(input);
  const contract: RegisteredContract = {
    ...(inputSchema && { input: inputSchema }),
    ...(signals && { signals: signals.map(({ name, payload }) => interaction(name, payload)) }),
    ...(queries && { queries: queries.map((query) => interaction(query.name, query.input)) }),
    ...(updates && { updates: updates.map((update) => interaction(update.name, update.input)) }),
  };
  return Object.keys(contract).length === 0 ? undefined : contract;
}

function interaction(name: string, schema: Schema | undefined): RegisteredInteraction {
  const payload = registeredSchema(schema);
  return payload ? { name, payload } : { name };
}

function registeredSchema(schema: Schema | undefined): RegisteredSchema | undefined {
  const jsonSchema = schema && describedBy(schema);
  if (!jsonSchema) return undefined;
  return issuesOf(schema, undefined) ? { schema: jsonSchema } : { schema: jsonSchema, isOptional: true };
}

function describedBy(schema: Schema): JsonSchema | undefined {
  try {
    return JSON.parse(JSON.stringify(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }))) as JsonSchema;
  } catch {
    return undefined;
  }
}

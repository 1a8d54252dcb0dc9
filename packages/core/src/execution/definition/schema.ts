import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';

/**
 * A schema that checks values and describes itself as JSON Schema, as those of zod 4 do (https://standardschema.dev). `Type` is
 * what is sent: a schema is a contract here and transforms nothing.
 */
export type Schema<Type = unknown> = StandardSchemaV1<Type, unknown> & StandardJSONSchemaV1<Type, unknown>;

import { Name, Problem } from '@marathon/protocol';
import { z } from 'zod';
import { type ProblemCode, problems } from '../http/problems.js';
import type { Answer, Operation } from './operation.js';
import { operations } from './operations.js';

/** The API in OpenAPI 3.1, assembled from the schemas that check its requests. */
export function openApiDocument(): object {
  const schemas = new Schemas();
  const paths = Object.fromEntries(
    [...Map.groupBy(operations, ({ path }) => path)].map(([path, group]) => [
      path,
      Object.fromEntries(group.map((operation) => [operation.method, describe(operation, schemas)])),
    ]),
  );
  return {
    openapi: '3.1.0',
    info: {
      title: 'Marathon',
      version: '1',
      description: 'Durable workflow execution.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: schemas.named },
  };
}

/** JSON Schemas of zod's; those that have a name are put aside, and referred to. */
class Schemas {
  readonly named: Record<string, object> = {};

  of(schema: z.ZodType): object {
    const { $schema, $defs, ...body } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: withoutSafeIntegers });
    for (const [name, definition] of Object.entries($defs ?? {})) this.named[name] = withReferences(definition);
    return withReferences(body);
  }
}

const withReferences = (schema: object): object => JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

/** The bounds of every integer of JavaScript say nothing. */
function withoutSafeIntegers({ jsonSchema }: { readonly jsonSchema: { minimum?: number; maximum?: number } }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

function describe(
  { id, path, summary, description, query, headers, body, answers, problems: statuses }: Operation,
  schemas: Schemas,
): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: schemas.of(Name) }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    ...parameter(schemas.of(schema as z.ZodType)),
  }));
  const inHeader = Object.entries(headers ?? {}).map(([name, schema]) => ({ name, in: 'header', ...parameter(schemas.of(schema)) }));
  return {
    operationId: id,
    summary,
    ...(description && { description }),
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(body && { requestBody: { required: body.isRequired, content: { 'application/json': { schema: schemas.of(body.schema) } } } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, response(answer, schemas)])),
      ...Object.fromEntries([400, ...statuses, 500, 503].map((status) => [status, problemResponse(status, schemas)])),
    },
  };
}

function parameter({ description, ...schema }: { readonly description?: string }): object {
  return { required: false, ...(description && { description }), schema };
}

function response({ description, schema, contentType = 'application/json' }: Answer, schemas: Schemas): object {
  return { description, ...(schema && { content: { [contentType]: { schema: schemas.of(schema) } } }) };
}

function problemResponse(status: number, schemas: Schemas): object {
  const codes = (Object.keys(problems) as ProblemCode[]).filter((code) => problems[code].status === status);
  return {
    description: codes.map((code) => `\`${code}\``).join(', '),
    content: { 'application/problem+json': { schema: schemas.of(Problem) } },
  };
}

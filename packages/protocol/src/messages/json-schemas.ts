import { z } from 'zod';
import { catalogue } from './catalogue.js';
import type { Codec } from './codec.js';

/** By file name: the JSON Schema (draft 2020-12) of each version of each message. `docs/reference/messages/` holds them. */
export function messageSchemas(): ReadonlyMap<string, object> {
  const codecs = Object.values(catalogue).flat();
  return new Map(codecs.map((codec) => [`${codec.type}.v${codec.version}.schema.json`, schemaOf(codec)]));
}

function schemaOf({ type, version, schema }: Codec): object {
  const { $schema, description, ...body } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { $schema, title: `${type}, version ${version}`, description, ...body };
}

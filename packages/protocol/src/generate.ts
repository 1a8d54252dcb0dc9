// Writes what is derived from the schemas into docs/reference. Run by `npm run generate`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { messageSchemas } from './messages/json-schemas.js';

const folder = new URL('../../../docs/reference/messages/', import.meta.url);

mkdirSync(folder, { recursive: true });
for (const [file, schema] of messageSchemas()) writeFileSync(new URL(file, folder), `${JSON.stringify(schema, null, 2)}\n`);

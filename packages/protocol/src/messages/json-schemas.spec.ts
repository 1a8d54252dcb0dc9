import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { messageSchemas } from './json-schemas.js';

const folder = new URL('../../../../docs/reference/messages/', import.meta.url);
const schemas = messageSchemas();

it('has a page for each message, and no other', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
  expect(files.sort()).toEqual([...schemas.keys()].sort());
});

it.each([...schemas])('%s says what the code checks (npm run -w @marathon/protocol generate)', (file, schema) => {
  expect(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))).toEqual(schema);
});

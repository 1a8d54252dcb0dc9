import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { problems } from '../http/problems.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const codesIn = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, code]) => code as string);
const sorted = (codes: readonly string[]) => [...new Set(codes)].sort();

const page = read('docs/reference/errors.md');
const documented = codesIn(page, /^\| `(MARATHON_\w+)`/gm);

it('documents exactly the error codes that exist', () => {
  const sources = globSync('{packages,apps}/*/src/**/*.ts', { cwd: root }).filter((path) => !/[.-]spec\.ts$/.test(path));
  const definitions = sources.map(read).filter((source) => /extends MarathonError\b/.test(source));
  const inSources = definitions.flatMap((source) => codesIn(source, /'(MARATHON_[A-Z]\w*)'/g));
  expect(sorted(documented)).toEqual(sorted([...inSources, ...Object.keys(problems)]));
});

it('documents each once', () => expect(sorted(documented)).toHaveLength(documented.length));

it('names the status of every problem', () => {
  const rows = [...page.matchAll(/^\| `(MARATHON_\w+)` \| (\d+) \|/gm)].map(([, code, status]) => [code, Number(status)]);
  expect(Object.fromEntries(rows)).toMatchObject(Object.fromEntries(Object.entries(problems).map(([code, { status }]) => [code, status])));
});

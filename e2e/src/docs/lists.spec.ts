import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { eventCodes, runStatuses } from '@marathon/core';
import { RunWait } from '@marathon/protocol';
import { pageFiles, readPage, root } from './page.js';

// What pages list is what there is.

const sorted = (names: readonly string[]) => [...new Set(names)].sort();
/** Names in the first column of a page's tables, or in all of them. */
const tableOf = (page: string, names: RegExp) =>
  readFileSync(path.join(root, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((row) => [...row.matchAll(names)].map(([, name]) => name as string));

it('concepts/history-event.md has every type of event', () => {
  expect(sorted(tableOf('docs/concepts/history-event.md', /`([A-Z]\w+)`/g))).toEqual(sorted(Object.keys(eventCodes)));
});

it('concepts/run.md has every status', () => {
  expect(sorted(tableOf('docs/concepts/run.md', /`([A-Z]\w+)`(?=[^|]*\|[^|]*\|$)/g))).toEqual(sorted(runStatuses));
});

it('guides/stuck-runs.md has everything that a run can wait for', () => {
  const kinds = RunWait.options.map((option) => option.shape.kind.value);
  const inFirstColumn = tableOf('docs/guides/stuck-runs.md', /^\| ([^|]+) \|/g).flatMap((cell) =>
    [...cell.matchAll(/`([\w-]+)`/g)].map(([, kind]) => kind as string),
  );
  expect(sorted(inFirstColumn)).toEqual(sorted(kinds));
});

it('README.md of the docs leads to every page', async () => {
  const targets = readPage('docs/README.md').links.map(({ target }) => path.join('docs', target));
  const pages = (await pageFiles()).filter((file) => /^docs\/(concepts|guides|reference)\//.test(file));
  expect(pages.filter((page) => !targets.includes(page))).toEqual([]);
});

it('ARCHITECTURE.md names folders and files that there are', () => {
  const named = readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/`(\w[\w-]*\/[\w./-]*)`/g);
  const missing = [...named].filter(
    ([, name = '']) => !existsSync(path.join(root, name)) && !existsSync(path.join(root, 'packages/core/src', name)),
  );
  expect(missing.map(([, name]) => name)).toEqual([]);
});

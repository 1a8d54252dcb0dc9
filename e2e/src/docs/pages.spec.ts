import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { NeverCalled } from './never-called.js';
import { type Page, pageFiles, pagesWithTestsOfTheirOwn, readPage } from './page.js';
import { typeErrors } from './run-blocks.js';
import { folderOf, RunningPage } from './run-page.js';

// Finds every page by itself and runs its blocks: what does not run, or holds a function that nobody calls, fails.

// Beside the sources, so that imports are found as a reader's would be.
const folder = await mkdtemp(path.join(import.meta.dirname, 'blocks-'));
const neverCalled = new NeverCalled();
await neverCalled.start();

const withoutTypeScript = (page: Page): Page => ({ ...page, blocks: page.blocks.filter(({ language }) => language !== 'ts') });

const pages = (await pageFiles())
  .map(readPage)
  .map((page) => (pagesWithTestsOfTheirOwn.includes(page.file) ? withoutTypeScript(page) : page))
  .filter(({ blocks }) => blocks.length > 0)
  .map((page) => new RunningPage(page, folderOf(folder, page)));

// Tests that stand in blocks become tests of this file.
const failed: unknown[] = [];
for (const page of pages) await page.run().catch((error) => failed.push(error));

afterAll(async () => {
  for (const page of pages) await page.stop();
  neverCalled.stop();
  await rm(folder, { recursive: true });
});

it('every block runs', () => expect(failed).toEqual([]));

it('every function in a block is called', async () => expect(await neverCalled.below(folder)).toEqual([]));

it('blocks have the types that they show', async () => expect(await typeErrors(folder)).toBe(''));

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { pageFiles, readPage, root } from './page.js';

const pages = (await pageFiles()).map(readPage);

it.each(pages.filter(({ links }) => links.length > 0))('$file leads to what is there', ({ file, links }) => {
  const broken = links.filter(({ target }) => !/^[a-z]+:/.test(target) && !leadsSomewhere(file, target));
  expect(broken).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  const [address = '', anchor] = target.split('#');
  const file = address === '' ? from : path.join(path.dirname(from), decodeURIComponent(address));
  if (file.startsWith('..') || !existsSync(path.join(root, file))) return false;
  if (anchor === undefined) return true;
  return statSync(path.join(root, file)).isFile() && readPage(file).anchors.includes(anchor);
}

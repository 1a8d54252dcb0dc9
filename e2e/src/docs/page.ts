import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';

export const root = path.resolve(import.meta.dirname, '../../..');

/** A Markdown page of the repository: its blocks of code, where it leads, and where one can lead to in it. */
export interface Page {
  /** From the root of the repository. */
  readonly file: string;
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly { readonly target: string; readonly line: number }[];
  /** Of its headings, as GitHub makes them. */
  readonly anchors: readonly string[];
}

export interface CodeBlock {
  /** What stands behind the fence; empty for none, and for a block without a fence. */
  readonly language: string;
  readonly code: string;
  /** Where its first line stands, from 1. */
  readonly line: number;
}

const markdown = new MarkdownIt();

export function readPage(file: string): Page {
  const tokens = markdown.parse(readFileSync(path.join(root, file), 'utf8'), {});
  const blocks = tokens
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map(({ type, info, content, map }) => ({ language: info.trim(), code: content, line: (map?.[0] ?? 0) + (type === 'fence' ? 2 : 1) }));
  const links = tokens.flatMap(({ children, map }) =>
    (children ?? []).flatMap((child) => {
      const target = child.attrGet('href') ?? child.attrGet('src');
      return target === null ? [] : [{ target: String(target), line: (map?.[0] ?? 0) + 1 }];
    }),
  );
  const slugger = new GithubSlugger();
  const headings = tokens.filter((_, i) => tokens[i - 1]?.type === 'heading_open');
  return {
    file,
    blocks,
    links,
    anchors: headings.map(({ children }) => slugger.slug((children ?? []).map(({ content }) => content).join(''))),
  };
}

/** All pages that users and contributors read and somebody wrote. */
export async function pageFiles(): Promise<readonly string[]> {
  const folders = ['docs', 'examples', 'bench', 'e2e', 'packages', 'apps'];
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(path.join(root, folder), { recursive: true })).map((file) => path.join(folder, file))),
  );
  const atRoot = await readdir(root);
  return [...atRoot, ...found.flat()].filter((file) => file.endsWith('.md') && !/node_modules|^docs\/reference\/api\//.test(file)).sort();
}

/** Whose TypeScript needs more than to be run: docs.spec.ts looks at what it exports, and packages.e2e-spec.ts runs an application. */
export const pagesWithTestsOfTheirOwn: readonly string[] = [
  'README.md',
  'docs/guides/client.md',
  'docs/guides/first-workflow.md',
  'docs/guides/nest.md',
];

import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type CodeBlock, readPage, root } from './page.js';

/** Where the docs say that a gateway is. */
export const gateway = 'http://127.0.0.1:8080';

export type Exports = Readonly<Record<string, unknown>>;

/**
 * Runs a page's TypeScript as it stands there, block by block as it is asked for them, and gives what each exports. A block that
 * begins with the name of a file (`// order.workflow.ts`) can be imported by later ones.
 * @param gatewayUrl where the gateway is by then
 */
export async function* typeScriptOf(page: string, folder: string, gatewayUrl = () => gateway): AsyncGenerator<Exports, undefined> {
  for (const block of readPage(page).blocks) {
    if (block.language === 'ts') yield await runBlock(page, block, folder, gatewayUrl());
  }
}

/** Runs a block of TypeScript or JavaScript and gives what it exports. */
export async function runBlock(page: string, { language, code, line }: CodeBlock, folder: string, gatewayUrl: string): Promise<Exports> {
  await mkdir(folder, { recursive: true });
  const named = language === 'ts' ? /^\/\/ (\S+\.ts)$/m.exec(code.split('\n', 1)[0] ?? '')?.[1] : undefined;
  const file = path.join(folder, named ?? `${path.basename(page, '.md')}-${line}.${language === 'ts' ? 'ts' : 'mjs'}`);
  await writeFile(file, code.replaceAll(gateway, gatewayUrl));
  return (await import(file)) as Exports;
}

/** What the compiler says of blocks that stand in `folder`, a folder beside this file. */
export async function typeErrors(folder: string): Promise<string> {
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../../tsconfig.json', include: ['**/*.ts'] }));
  return spawnSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeBlocks } from './code-blocks.js';

export const root = path.resolve(import.meta.dirname, '../../..');
/** Where the docs say that a gateway is. */
export const gateway = 'http://127.0.0.1:8080';

type Exports = Readonly<Record<string, unknown>>;

/**
 * Runs a page's TypeScript as it stands there, block by block as it is asked for them, and gives what each exports. A block that
 * begins with the name of a file (`// order.workflow.ts`) can be imported by later ones.
 * @param gatewayUrl where the gateway is by then
 */
export async function* blocksOf(page: string, folder: string, gatewayUrl = () => gateway): AsyncGenerator<Exports, undefined> {
  await mkdir(folder, { recursive: true });
  const blocks = codeBlocks(await readFile(path.join(root, page), 'utf8')).filter(({ language }) => language === 'ts');
  for (const { code, line } of blocks) {
    const name = /^\/\/ (\S+\.ts)$/m.exec(code.split('\n', 1)[0] ?? '')?.[1] ?? `${path.basename(page, '.md')}-${line}.ts`;
    const file = path.join(folder, name);
    await writeFile(file, code.replaceAll(gateway, gatewayUrl()));
    yield (await import(file)) as Exports;
  }
}

/** What the compiler says of blocks that stand in `folder`, a folder beside this file. */
export async function typeErrors(folder: string): Promise<string> {
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../../tsconfig.json', include: ['**/*.ts'] }));
  return spawnSync(path.join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
}

/** Runs all of a page; tests in blocks become tests of whoever calls this while tests are declared. */
export async function exportsOf(page: string, folder: string): Promise<Exports> {
  const exported = {};
  for await (const ofBlock of blocksOf(page, folder)) Object.assign(exported, ofBlock);
  return exported;
}

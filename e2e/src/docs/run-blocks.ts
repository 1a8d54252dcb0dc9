import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeBlocks } from './code-blocks.js';

export const root = path.resolve(import.meta.dirname, '../../..');

/**
 * Runs a page's TypeScript as it stands there, and gives what all its blocks export. A block that begins with the name of a file
 * (`// order.workflow.ts`) can be imported by later ones; tests in blocks become tests of whoever calls this while tests are declared.
 */
export async function exportsOf(page: string, folder: string): Promise<Record<string, unknown>> {
  const blocks = codeBlocks(await readFile(path.join(root, page), 'utf8')).filter(({ language }) => language === 'ts');
  const exported = {};
  for (const { code, line } of blocks) {
    const name = /^\/\/ (\S+\.ts)$/m.exec(code.split('\n', 1)[0] ?? '')?.[1] ?? `${path.basename(page, '.md')}-${line}.ts`;
    const file = path.join(folder, name);
    await writeFile(file, code);
    Object.assign(exported, await import(file));
  }
  return exported;
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './page.js';

/**
 * Looks whether a block of commands could run: its syntax, npm's scripts, and the files of this repository that it names.
 * @throws Error naming what there is not
 */
export function checkCommands(block: string): void {
  const { status, stderr } = spawnSync('sh', ['-n'], { input: block, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  for (const [, script = ''] of block.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g)) {
    if (!(script in scripts)) throw new Error(`there is no npm run ${script}`);
  }
  for (const [file] of block.matchAll(/\b(?:apps|bench|examples|packages|e2e)\/[\w./-]+/g)) {
    if (!existsSync(path.join(root, file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')))) throw new Error(`there is no ${file}`);
  }
}

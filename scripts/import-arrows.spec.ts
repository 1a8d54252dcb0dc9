import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const repository = resolve(import.meta.dirname, '..');
const rulesOfTheRepository = ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json'];
const installed = ['fast-check', 'kafkajs', 'pg', 'typeorm', 'undici', 'zod'];

/** What the package.json of each room names. */
const manifests: Readonly<Record<string, readonly string[]>> = {
  'packages/core': ['zod'],
  'packages/protocol': ['@marathon/core', 'zod'],
  'packages/workflow': ['@marathon/protocol', 'kafkajs', 'typeorm'],
  'packages/conformance': ['@marathon/core', '@marathon/protocol'],
  'packages/host': ['@marathon/protocol', '@marathon/memory'],
  'packages/memory': ['@marathon/core', '@marathon/postgres'],
  'packages/postgres': ['@marathon/core', 'pg', 'typeorm'],
  'packages/unheard-of': [],
  'apps/orchestrator': ['@marathon/host', '@marathon/postgres', '@marathon/memory'],
  'apps/api-gateway': ['@marathon/host', '@marathon/orchestrator'],
  'apps/standalone': ['@marathon/orchestrator', '@marathon/memory'],
  bench: ['@marathon/standalone', 'pg'],
  e2e: ['@marathon/api-gateway', 'pg'],
};

/** A small repository that keeps every rule. */
const clean: Readonly<Record<string, string>> = {
  'packages/core/src/index.ts': `export * from './async-local-storage.js';`,
  'packages/core/src/async-local-storage.ts': `export { AsyncLocalStorage } from 'node:async_hooks';`,
  'packages/core/src/scope.spec.ts': `import 'node:crypto';\nimport 'fast-check';`,
  'packages/protocol/src/index.ts': `import 'zod';\nexport * from '@marathon/core';\nexport * from './codec.js';`,
  'packages/protocol/src/codec.ts': `export const codec = 1;`,
  'packages/workflow/src/index.ts': `export * from '@marathon/protocol';`,
  'packages/conformance/src/index.ts': `export * from '@marathon/core';`,
  'packages/host/src/index.ts': `export type * from '@marathon/protocol';`,
  'packages/memory/src/index.ts': `export * from '@marathon/core';`,
  'packages/memory/src/stream.spec.ts': `import '@marathon/conformance';\nimport '../test/world.js';`,
  'packages/memory/test/world.ts': `import 'fast-check';`,
  'packages/postgres/src/index.ts': `import 'pg';\nimport 'typeorm';\nexport * from '@marathon/core';`,
  'apps/orchestrator/src/index.ts': `export * from '@marathon/host';\nexport * from '@marathon/postgres';`,
  'apps/orchestrator/src/run-orchestrator.ts': `import '@marathon/memory';`,
  'apps/api-gateway/src/index.ts': `export * from '@marathon/host';`,
  'apps/standalone/src/index.ts': `export * from '@marathon/orchestrator';\nexport * from '@marathon/memory';`,
  'bench/src/index.ts': `import '@marathon/standalone';\nimport 'pg';`,
  'e2e/src/index.ts': `import '@marathon/api-gateway';\nimport 'pg';`,
};

/** Files that break rules, with the rules that each of them breaks. */
const planted: readonly (readonly [path: string, source: string, ...rules: string[]])[] = [
  ['packages/core/src/room.ts', `import type {} from '@marathon/protocol';`, 'arrow: packages/core', 'declared: packages/core'],
  ['packages/core/src/builtin.ts', `import 'node:crypto';`, 'pure core'],
  ['packages/core/src/hooks.ts', `import 'node:async_hooks';`, 'browsers load the core'],
  ['packages/core/src/using.ts', `await using room = await import('node:crypto');`, 'pure core'],
  ['packages/core/src/library.ts', `import 'zod';`, 'pure core'],
  ['packages/core/src/room.spec.ts', `import '@marathon/host';`, 'arrow: tests of packages/core'],
  ['packages/workflow/src/undeclared.ts', `import '@marathon/core';`, 'declared: packages/workflow'],
  ['packages/workflow/src/stream.ts', `import 'kafkajs';`, 'kafkajs'],
  ['packages/workflow/src/store.ts', `import 'typeorm';`, 'postgres drivers'],
  ['packages/workflow/src/nobody-names-it.ts', `import 'undici';`, 'no undeclared packages'],
  ['packages/workflow/src/development.ts', `import 'fast-check';`, 'no development packages'],
  ['packages/conformance/src/room.ts', `import '@marathon/protocol';`, 'arrow: packages/conformance'],
  ['packages/host/src/adapter.ts', `import '@marathon/memory';`, 'arrow: packages/host'],
  ['packages/memory/src/adapter.ts', `import '@marathon/postgres';`, 'arrow: packages/memory'],
  ['packages/memory/src/deep.ts', `import '../../core/src/inner.js';`, 'front door'],
  ['packages/core/src/inner.ts', `export const inner = 1;`],
  ['packages/protocol/src/test.ts', `import './case.spec.js';`, 'no test in production'],
  ['packages/memory/src/support.ts', `import '../test/world.js';`, 'no test in production'],
  ['packages/protocol/src/case.spec.ts', `export const subject = 1;`],
  ['packages/protocol/src/lost.ts', `import './nowhere.js';`, 'no guesses'],
  ['packages/protocol/src/egg.ts', `import './hen.js';`, 'no cycles'],
  ['packages/protocol/src/hen.ts', `import type {} from './egg.js';`],
  ['packages/unheard-of/src/index.ts', `import 'node:fs';`, 'every room is known'],
  ['apps/api-gateway/src/app.ts', `import '@marathon/orchestrator';`, 'arrow: apps/api-gateway'],
  ['apps/orchestrator/src/stream.ts', `import '@marathon/memory';`, 'one file chooses adapters'],
];

describe('the import arrows', () => {
  let root: string;

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'marathon-arrows-')));
    for (const file of rulesOfTheRepository) cpSync(join(repository, file), join(root, file));
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(repository, 'node_modules/@swc'), join(root, 'node_modules/@swc'));
    for (const name of installed) write(join('node_modules', name, 'index.js'), '');
    for (const [room, names] of Object.entries(manifests)) {
      write(join(room, 'package.json'), JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) }));
    }
    for (const [path, source] of Object.entries(clean)) write(path, source);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it('let a clean tree pass, and name every planted violation', () => {
    expect(violations()).toEqual([]);
    for (const [path, source] of planted) write(path, source);
    expect(violations()).toEqual(planted.flatMap(([path, , ...rules]) => rules.map((rule) => `${rule}: ${path}`)).sort());
  });

  function write(path: string, source: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${source}\n`);
  }

  function violations(): string[] {
    const cli = join(repository, 'node_modules/.bin/depcruise');
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages', 'apps', 'bench', 'e2e'];
    const { stdout } = spawnSync(cli, args, { cwd: root, encoding: 'utf8' });
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    return [...new Set(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`))].sort();
  }
});

import { describe, expect, it } from '@jest/globals';
import { Linter, RuleTester } from 'eslint';
import plugin from './index.js';

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

const tester = new RuleTester();
const inWorkflow = (body: string, top = '') =>
  `import { workflow } from '@marathon/workflow';\n${top}\nexport const w = workflow('w', async (ctx, input) => {\n${body}\n});`;
const inHelper = (body: string) => `import { workflow } from '@marathon/workflow';\nexport async function help(ctx) {\n${body}\n}`;
const refused = (call: string, remedy: string) => [{ message: `${call} is not deterministic in workflow code: ${remedy}` }];

tester.run('no-refused-calls', plugin.rules['no-refused-calls'], {
  valid: [
    inWorkflow(`await ctx.run('wait', () => new Promise((resolve) => setTimeout(resolve, 1)));`),
    inWorkflow(`const setTimeout = (x) => x; setTimeout(1);`),
    inWorkflow(`return createHash('sha256').update(input).digest('hex');`, `import { createHash } from 'node:crypto';`),
    `export const plain = async (ctx) => fetch('http://example.com');`,
    `import { workflow } from '@marathon/workflow'; export const other = () => setTimeout(() => {}, 1);`,
  ],
  invalid: [
    { code: inWorkflow(`setTimeout(() => {}, 1);`), errors: refused('setTimeout', 'use ctx.sleep') },
    { code: inHelper(`globalThis.setInterval(() => {}, 1);`), errors: refused('setInterval', 'use ctx.sleep') },
    { code: inWorkflow(`await fetch('http://example.com');`), errors: refused('fetch', 'call other systems in an activity') },
    {
      code: inWorkflow(`return readFile('x');`, `import { readFile } from 'node:fs/promises';`),
      errors: refused('fs.promises.readFile', 'do it in an activity, or in a step with ctx.run'),
    },
    {
      code: inWorkflow(`fs.writeFileSync('x', '');`, `import * as fs from 'fs';`),
      errors: refused('fs.writeFileSync', 'do it in an activity, or in a step with ctx.run'),
    },
    {
      code: inWorkflow(`await crypto.subtle.digest('SHA-256', input);`),
      errors: refused('crypto.subtle.digest', 'do it in a step with ctx.run'),
    },
    {
      code: inWorkflow(`process.exit(1);`),
      errors: refused('process.exit', 'workflow code shares its process with other runs; it ends by returning or throwing'),
    },
  ],
});

tester.run('use-context', plugin.rules['use-context'], {
  valid: [
    inWorkflow(`return new Date(ctx.now());`),
    inWorkflow(`return ctx.run('look', () => [Date.now(), process.env.HOME]);`),
    `import { workflow } from '@marathon/workflow'; const begun = Date.now();`,
  ],
  invalid: [
    { code: inWorkflow(`return Date.now();`), errors: refused('Date.now', 'use ctx.now()') },
    { code: inWorkflow(`return new Date();`), errors: refused('Date', 'use ctx.now()') },
    { code: inWorkflow(`return Math.random();`), errors: refused('Math.random', 'use ctx.random()') },
    {
      code: inWorkflow(`return randomUUID();`, `import { randomUUID } from 'node:crypto';`),
      errors: refused('crypto.randomUUID', 'use ctx.uuid()'),
    },
    { code: inWorkflow(`return process.env.REGION;`), errors: [{ messageId: 'environment' }] },
    { code: `import { Workflow } from '@marathon/workflow'; class W { async run(ctx) { return Date.now(); } }`, errors: 1 },
  ],
});

tester.run('no-shared-state', plugin.rules['no-shared-state'], {
  valid: [
    inWorkflow(`const seen = []; seen.push(input); let count = 0; count++;`),
    inWorkflow(`return prices.get(input);`, `const prices = new Map([['tea', 3]]);`),
    `import { workflow } from '@marathon/workflow'; let count = 0; export const next = () => count++;`,
  ],
  invalid: [
    { code: inWorkflow(`count++;`, `let count = 0;`), errors: [{ messageId: 'shared', data: { name: 'count' } }] },
    { code: inWorkflow(`seen.push(input);`, `const seen = [];`), errors: 1 },
    { code: inWorkflow(`state.last = input;`, `const state = {};`), errors: 1 },
    { code: inWorkflow(`delete cache[input];`, `const cache = {};`), errors: 1 },
  ],
});

tester.run('no-floating-calls', plugin.rules['no-floating-calls'], {
  valid: [
    inWorkflow(`await ctx.sleep('1s'); const later = ctx.activity('a'); await later;`),
    inWorkflow(`ctx.onSignal('a', () => {}); const { charge } = ctx.activities(); return charge(1);`),
  ],
  invalid: [
    {
      code: inWorkflow(`ctx.activity('charge', 1);`),
      errors: [{ message: 'nobody awaits ctx.activity(): the run may close before it is done, and its failure goes unseen' }],
    },
    { code: inWorkflow(`void ctx.sleep('1s');`), errors: 1 },
    {
      code: inWorkflow(`const { charge } = ctx.activities(); charge(1);`),
      errors: [{ messageId: 'floating', data: { call: 'charge()' } }],
    },
    { code: inWorkflow(`const payments = ctx.activities(); payments.charge(1);`), errors: 1 },
  ],
});

tester.run('no-foreign-await', plugin.rules['no-foreign-await'], {
  valid: [
    inWorkflow(`await Promise.all([ctx.sleep('1s'), , input.later]);`),
    inWorkflow(`await ctx.run('x', async () => await new Promise(() => {}));`),
    inWorkflow(`await parse(input);`, `import { parse } from './parse.js';`),
    inWorkflow(`const gate = Promise.withResolvers(); ctx.onSignal(go, gate.resolve); await gate.promise;`),
    `import { workflow } from '@marathon/workflow'; import { ready } from './pool.js'; await ready;`,
  ],
  invalid: [
    { code: inWorkflow(`await new Promise((resolve) => emitter.once('x', resolve));`), errors: [{ messageId: 'foreign' }] },
    { code: inWorkflow(`const { price } = await import('./price.js');`), errors: 1 },
    { code: inWorkflow(`await ready;`, `import { ready } from './pool.js';`), errors: 1 },
    { code: inWorkflow(`await pool.ready;`, `const pool = connect();`), errors: 1 },
    { code: inWorkflow(`await once(input, 'open');`, `import { once } from 'node:events';`), errors: 1 },
    { code: inWorkflow(`await Promise.race([ctx.sleep('1s'), new Promise(() => {})]);`), errors: 1 },
  ],
});

it('is configured by one name', () => {
  const messages = new Linter().verify(inWorkflow(`Math.random(); setTimeout(() => {}, 1);`), plugin.configs.recommended);
  expect(messages.map(({ ruleId }) => ruleId)).toEqual(['@marathon/use-context', '@marathon/no-refused-calls']);
});

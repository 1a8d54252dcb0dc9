import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { build, type Plugin, stop } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../../..');

/** What the `browser` fields of package.json say of what is built, said of the sources. */
const browserFields: Plugin = {
  name: 'browser-fields',
  setup({ onLoad }) {
    onLoad({ filter: /packages\/\w+\/src\/.*\.ts$/ }, async ({ path: file }) => {
      const [, folder, name] = /^(.*\/packages\/\w+)\/src\/(.*)\.ts$/.exec(file) ?? [];
      const { browser = {} } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8')) as { browser?: Record<string, string> };
      const replacement = browser[`./dist/${name}.js`]?.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts');
      return { contents: await readFile(replacement ? `${folder}/${replacement}` : file, 'utf8'), loader: 'ts' };
    });
  },
};

/** What a browser would load for this module, as esbuild makes it out of the sources; and which modules it took for that. */
async function bundle(source: string): Promise<{ readonly text: string; readonly modules: readonly string[] }> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    plugins: [browserFields],
    write: false,
    metafile: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: ['chrome120', 'firefox120', 'safari17'],
    tsconfig: path.join(root, 'tsconfig.json'),
    absWorkingDir: root,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return { text: outputFiles[0]?.text ?? '', modules: modules.map(([name]) => name) };
}

afterAll(() => stop());

describe('the client in a browser', () => {
  it('is a small module that needs nothing of Node', async () => {
    const { text, modules } = await bundle(`export { MarathonClient } from '@marathon/client';`);
    expect(text).not.toMatch(/node:|AsyncLocalStorage|\bprocess\./);
    expect(modules.filter((name) => /zod|packages\/protocol/.test(name))).toEqual([]);
    expect(text.length).toBeLessThan(20_000);
  });

  it('takes the values that workflows and clients share along', async () => {
    const { text } = await bundle(`
      import { MarathonClient } from '@marathon/client';
      import { signal, workflow } from '@marathon/workflow';
      const approve = signal<{ by: string }>('approve');
      const order = workflow('order', async (ctx) => ctx.waitForSignal('approve'));
      export const run = (client: MarathonClient) => client.start(order).then((handle) => handle.signal(approve, { by: 'ada' }));
    `);
    expect(text).not.toMatch(/node:|AsyncLocalStorage/);
  });
});

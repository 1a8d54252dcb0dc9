import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readPage } from '../docs/page.js';
import { EmptyFolder } from './empty-folder.js';
import { firstApp } from './first-app.js';
import { type Packed, packAll } from './packed-packages.js';

/** A machine may be busy: installing and compiling are not what is tried. */
jest.setTimeout(180_000);
const guarded = ['--import', '@marathon/guards/register'];
const folder = new EmptyFolder();
const outside = new EmptyFolder();
let packages: readonly Packed[];

beforeAll(() => {
  packages = packAll(outside.path);
  folder.install([...packages.map(({ tarball }) => tarball), 'typescript', '@types/node']);
}, 300_000);

afterAll(() => {
  folder.remove();
  outside.remove();
});

describe('a package as it is published', () => {
  it('says what it is, and has what it says', () => {
    expect(packages.map(({ manifest }) => manifest.name)).toContain('@marathon/workflow');
    for (const { manifest, files } of packages) {
      const { name, description, license, engines, main, types, exports } = manifest;
      expect({ name, description, license, engines }).toEqual({
        name,
        description: expect.stringMatching(/.{10}/),
        license: 'Apache-2.0',
        engines: { node: expect.stringMatching(/^>=2\d/) },
      });
      const named = [
        main,
        types,
        ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? target : Object.values(target))),
      ];
      expect(files).toEqual(expect.arrayContaining([...new Set(named)].map((file) => file.replace('./', ''))));
      expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
      expect(files.filter((file) => !/^(LICENSE|README\.md|package\.json|dist\/.*)$/.test(file) || /spec\./.test(file))).toEqual([]);
    }
  });

  it('needs the others in the version that they have', () => {
    const versions = new Map(packages.map(({ manifest }) => [manifest.name, manifest.version]));
    for (const { manifest } of packages) {
      const needed = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
      const ours = needed.filter(([name]) => name.startsWith('@marathon/'));
      expect([manifest.name, ours]).toEqual([manifest.name, ours.map(([name]) => [name, versions.get(name)])]);
    }
  });
});

describe('a new user in an empty folder', () => {
  it('writes a workflow, tests it in virtual time, and runs it', async () => {
    folder.write(firstApp);
    folder.compile('first');
    expect(folder.run('node', ['--test', 'first/dist/greeting.test.js'])).toMatch(/pass 2\b/);
    expect(folder.run('node', [...guarded, 'first/dist/main.js'])).toContain('result: Hello, Ada, at attempt 1');
  });

  it('has Marathon in a Nest application with the lines that the guide marks, ten at most', async () => {
    const blocks = readPage('docs/guides/nest.md').blocks.filter(({ language }) => language === 'ts');
    expect(blocks.flatMap(({ code }) => code.match(/ \/\/ new$/gm) ?? []).length).toBeLessThanOrEqual(10);
    const sources = blocks.map(({ code }) => [
      `shop/${/^\/\/ (\S+)/.exec(code)?.[1]}`,
      code.replace('embedded: true', 'embedded: { port: 0 }'),
    ]);
    const { compilerOptions } = JSON.parse(firstApp['first/tsconfig.json']);
    folder.write({
      ...Object.fromEntries(sources),
      'shop/tsconfig.json': JSON.stringify({ compilerOptions: { ...compilerOptions, emitDecoratorMetadata: true } }),
    });
    folder.compile('shop');
    const port = await freePort();
    const program = "await import('./shop/dist/main.js'); console.log('listens');";
    const app = await folder.start([...guarded, '--input-type=module', '-e', program], { PORT: String(port) }, 'listens');
    const url = `http://127.0.0.1:${port}/orders`;
    const body = JSON.stringify({ id: '7', cents: 900 });
    const created = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await created.json()).toEqual({ workflowId: 'order-7' });
    expect(await (await fetch(`${url}/7`)).json()).toEqual({ charged: '900 for 7' });
    app.kill('SIGTERM');
    const [code, signal] = await once(app, 'exit');
    expect([code, signal]).toEqual([null, 'SIGTERM']); // Nest ends what it runs, and then itself
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

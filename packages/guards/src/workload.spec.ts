import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

const fastify = pathToFileURL(createRequire(import.meta.url).resolve('fastify')).href;

describe('a process with guards', () => {
  it('serves, stores and calls others beside workflow code as without them', async () => {
    const facts = await packages.evaluate(`
      import Fastify from ${JSON.stringify(fastify)};
      import { once } from 'node:events';
      import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
      import net from 'node:net';
      import os from 'node:os';
      import path from 'node:path';
      import { pipeline } from 'node:stream/promises';
      import { setTimeout as wait } from 'node:timers/promises';
      import { promisify } from 'node:util';
      import zlib from 'node:zlib';
      import { scope, inScope, print, rejections, startMs, violations } from './scope.mjs';

      const store = net.createServer((socket) => socket.setNoDelay(true).on('data', (data) => setTimeout(() => socket.write(data), 1)));
      await once(store.listen(0, '127.0.0.1'), 'listening');
      const directory = await mkdtemp(path.join(os.tmpdir(), 'workload-'));

      const server = Fastify();
      server.get('/work/:n', async (request) => {
        const connection = net.connect(store.address().port, '127.0.0.1');
        connection.write(request.params.n);
        const [stored] = await once(connection, 'data');
        connection.destroy();
        const file = path.join(directory, request.params.n);
        await writeFile(file, stored);
        const zipped = await promisify(zlib.gzip)(await readFile(file));
        const digest = await crypto.subtle.digest('SHA-256', zipped);
        await wait(1);
        return { n: String(stored), digestBytes: digest.byteLength, recent: Math.abs(Date.now() - performance.timeOrigin - performance.now()) < 60_000 };
      });
      const address = await server.listen({ port: 0, host: '127.0.0.1' });

      // Runs take their turns between and within the requests; what they resolve is awaited outside, and the other way round.
      const seen = [];
      const turns = setInterval(() => inScope(async () => { await null; seen.push(Date.now()); }), 1);
      const answers = await Promise.all(Array.from({ length: 50 }, async (_, n) => {
        await inScope(async () => seen.push(+new Date()));
        return await (await fetch(address + '/work/' + n)).json();
      }));
      clearInterval(turns);
      await server.close();
      store.close();
      await rm(directory, { recursive: true });
      print({
        answered: answers.filter((answer, n) => answer.n === String(n) && answer.digestBytes === 32 && answer.recent).length,
        runsSawTheirTimeOnly: seen.length >= 50 && seen.every((ms) => ms === startMs),
        violations,
        rejections,
      });
    `);
    expect(facts).toEqual({ answered: 50, runsSawTheirTimeOnly: true, violations: [], rejections: [] });
  });

  it('lets workflow code log, also into a file', async () => {
    const program = await packages.write(
      'logs.mjs',
      "import { inScope } from './scope.mjs'; inScope(() => { console.log('out'); console.error('err'); });",
    );
    const log = path.join(packages.directory, 'log');
    const file = openSync(log, 'w');
    spawnSync(process.execPath, ['--import', '@marathon/guards/register', program], {
      cwd: packages.directory,
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    expect(readFileSync(log, 'utf8')).toBe('out\nerr\n');
  });

  it('is guarded once, however often it is asked to', async () => {
    const facts = await packages.evaluate(`
      import { guardsInstalled, installGuards } from '@marathon/guards';
      import { print } from './scope.mjs';
      const before = [Date, setTimeout, Math.random, process.emit];
      installGuards();
      await import('@marathon/guards/register');
      const after = [Date, setTimeout, Math.random, process.emit];
      print([guardsInstalled(), before.every((value, index) => value === after[index])]);
    `);
    expect(facts).toEqual([true, true]);
  });

  it('may be a worker thread', async () => {
    const facts = await packages.evaluate(
      `
      import { Worker } from 'node:worker_threads';
      import { print } from './scope.mjs';
      const source = "import('@marathon/guards').then((guards) => { guards.installGuards(); postMessage(guards.guardsInstalled()); })";
      const code = "const { parentPort } = require('node:worker_threads'); const postMessage = (it) => parentPort.postMessage(it);" + source;
      new Worker(code, { eval: true }).once('message', (isGuarded) => print(isGuarded));
    `,
      { nodeOptions: [] },
    );
    expect(facts).toBe(true);
  });

  it('knows that globals of another realm are not guarded, as those of jest are not by --import', async () => {
    const facts = await packages.evaluate(
      `
      import { readFileSync } from 'node:fs';
      import vm from 'node:vm';
      import { guardsInstalled } from '@marathon/guards';
      import { print } from './scope.mjs';
      const realm = vm.createContext({ process });
      async function load(specifier, { identifier }) {
        if (specifier.startsWith('.')) return source(new URL(specifier, identifier));
        const module = await import(specifier);
        const copy = function () { for (const name of Object.keys(module)) this.setExport(name, module[name]); };
        return new vm.SyntheticModule(Object.keys(module), copy, { context: realm });
      }
      const loaded = new Map();
      function source(url) {
        const known = loaded.get(url.href) ?? new vm.SourceTextModule(readFileSync(url, 'utf8'), { context: realm, identifier: url.href });
        loaded.set(url.href, known);
        return known;
      }
      const other = source(new URL('./install-guards.js', import.meta.resolve('@marathon/guards')));
      await other.link(load);
      await other.evaluate();
      print([guardsInstalled(), other.namespace.guardsInstalled()]);
    `,
      { nodeOptions: ['--import', '@marathon/guards/register', '--experimental-vm-modules'] },
    );
    expect(facts).toEqual([true, false]);
  });

  it('knows when it is not guarded', async () => {
    const source = "import { guardsInstalled } from '@marathon/guards'; console.log(guardsInstalled());";
    expect((await packages.run(source, { nodeOptions: [] })).stdout).toBe('false\n');
  });
});

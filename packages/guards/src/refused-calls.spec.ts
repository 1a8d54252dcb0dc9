import { builtinModules } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

// Puts a spy under every call before the guards do theirs: it answers a token, and lets everything else pass to the original.
const spies = `
import { callNamed, namesOf, refusedCalls } from './node_modules/@marathon/guards/dist/refused-calls.js';
const token = (globalThis[Symbol.for('token')] = { token: true });
const spied = new Map();
const spy = (original) => {
  if (!spied.has(original)) {
    const proxy = new Proxy(original, {
      apply: (target, self, args) => (args[0] === token ? token : Reflect.apply(target, self, args)),
      construct: (target, args, newTarget) => (args[0] === token ? token : Reflect.construct(target, args, newTarget)),
    });
    spied.set(original, proxy).set(proxy, proxy);
  }
  return spied.get(original);
};
for (const row of refusedCalls) {
  const holder = row.holder();
  if (holder === undefined) continue;
  for (const name of namesOf(row, holder)) {
    const { get, ...descriptor } = Object.getOwnPropertyDescriptor(holder, name);
    const read = (value) => (typeof value === 'function' ? spy(value) : value);
    if (get === undefined) Object.defineProperty(holder, name, { ...descriptor, value: spy(descriptor.value) });
    else Object.defineProperty(holder, name, { ...descriptor, get() { return read(get.call(this)); } });
  }
}
`;

const callEverything = `
import { callNamed, namesOf, refusedCalls } from './node_modules/@marathon/guards/dist/refused-calls.js';
import { NonDeterministicCallError } from '@marathon/core';
import { inScope, print, violations } from './scope.mjs';
const token = globalThis[Symbol.for('token')];
const wrong = [];
const tried = [];
for (const row of refusedCalls) {
  const holder = row.holder();
  if (holder === undefined) continue;
  for (const name of namesOf(row, holder)) {
    const call = holder[name];
    if (typeof call !== 'function') continue;
    const label = callNamed(row, name);
    tried.push(label);
    const ways = [() => call.call(holder, token)];
    if (/^[A-Z]/.test(name)) ways.push(() => new call(token));
    for (const way of ways) {
      if (way() !== token) wrong.push(label + ' outside of a scope');
      const before = violations.length;
      try {
        inScope(way);
        wrong.push(label + ' in a scope');
      } catch (error) {
        if (!(error instanceof NonDeterministicCallError) || error.remedy === '' || violations.length !== before + 1) wrong.push(label + ': ' + error);
      }
    }
  }
}
print({ wrong, tried });
`;

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

describe('refused calls', () => {
  it('throw in a scope, naming the run’s violation, and reach the original outside of one', async () => {
    await packages.write('spies.mjs', spies);
    const { wrong, tried } = await packages.evaluate<{ wrong: string[]; tried: string[] }>(callEverything, {
      nodeOptions: ['--import', './spies.mjs', '--import', '@marathon/guards/register', '--harmony-temporal', '--experimental-eventsource'],
    });
    expect(wrong).toEqual([]);
    expect(tried).toEqual(expect.arrayContaining(callsThatMustBeAmongThem));
  });

  it('are refused however the code came by them', async () => {
    await packages.write('not-loaded-yet.mjs', "export default 'loaded';");
    const outcomes = await packages.evaluate(`
      import fs, { readFileSync } from 'node:fs';
      import * as timers from 'node:timers/promises';
      import { createRequire } from 'node:module';
      import { promisify } from 'node:util';
      import { outcomeInScope, print } from './scope.mjs';
      const require = createRequire(import.meta.url);
      const ways = {
        namedImport: () => readFileSync('x'),
        defaultImport: () => fs.promises.readFile('x'),
        namespaceImport: () => timers.setTimeout(1),
        required: () => require('fs').createReadStream('x'),
        importedLate: async () => (await import('node:child_process')).spawn('x'),
        gotLate: () => process.getBuiltinModule('dns').lookup('x'),
        promisified: () => promisify(setTimeout)(1),
        promisifiedProgram: () => promisify(require('child_process').exec)('x'),
        carried: () => fs.realpath.native('x'),
        extended: () => new (class extends require('net').Socket {})(),
        byInstance: () => new (Object.getPrototypeOf(ref).constructor)({}),
        moduleOfOurOwn: () => import('./not-loaded-yet.mjs'),
        lazyGlobal: () => new WebSocket('ws://127.0.0.1:1'),
      };
      const ref = new WeakRef({});
      const outcomes = {};
      for (const [name, way] of Object.entries(ways)) outcomes[name] = (await outcomeInScope(way)).call ?? 'allowed';
      outcomes.moduleOutsideOfScope = (await import('./not-loaded-yet.mjs')).default;
      print(outcomes);
    `);
    expect(outcomes).toEqual({
      namedImport: 'fs.readFileSync',
      defaultImport: 'fs.promises.readFile',
      namespaceImport: 'timers.promises.setTimeout',
      required: 'fs.createReadStream',
      importedLate: 'child_process.spawn',
      gotLate: 'dns.lookup',
      promisified: 'timers.promises.setTimeout',
      promisifiedProgram: 'child_process.exec',
      carried: 'fs.realpath.native',
      extended: 'net.Socket',
      byInstance: 'WeakRef',
      moduleOfOurOwn: 'fs.realpathSync',
      moduleOutsideOfScope: 'loaded',
      lazyGlobal: 'WebSocket',
    });
  });

  it('say what to use instead', async () => {
    const { code, message } = await packages.evaluate<{ code: string; message: string }>(`
      import { outcomeInScope, print } from './scope.mjs';
      print(await outcomeInScope(() => setTimeout(() => {}, 1)));
    `);
    expect(code).toBe('MARATHON_NON_DETERMINISTIC_CALL');
    expect(message).toBe('setTimeout is not deterministic in workflow code: use ctx.sleep');
  });

  it('keep the identity, name and statics of what they guard', async () => {
    const facts = await packages.evaluate(`
      import net from 'node:net';
      import timers from 'node:timers';
      import { print } from './scope.mjs';
      const socket = new net.Socket();
      print({
        oneFunction: timers.setTimeout === setTimeout,
        name: setTimeout.name,
        length: setTimeout.length,
        isInstance: socket instanceof net.Socket,
        constructor: socket.constructor === net.Socket,
        alias: net.connect === net.createConnection,
        weakRef: Object.prototype.toString.call(new WeakRef({})),
        statics: WebSocket.OPEN,
      });
    `);
    expect(facts).toEqual({
      oneFunction: true,
      name: 'setTimeout',
      length: 2,
      isInstance: true,
      constructor: true,
      alias: true,
      weakRef: '[object WeakRef]',
      statics: 1,
    });
  });

  it('do not touch what workflow code may use', async () => {
    await packages.write(
      'required-late.cjs',
      "setImmediate(() => {}); exports.loadedOutsideOfTheScope = require('node:fs').existsSync(__filename);",
    );
    const { stdout, stderr, exitCode } = await packages.run(`
      import { createHash, scryptSync } from 'node:crypto';
      import { once, EventEmitter } from 'node:events';
      import { Readable } from 'node:stream';
      import { text } from 'node:stream/consumers';
      import { gunzipSync, gzipSync } from 'node:zlib';
      import { createRequire } from 'node:module';
      import { outcomeInScope, print, violations } from './scope.mjs';
      const require = createRequire(import.meta.url);
      const emitter = new EventEmitter();
      const { value } = await outcomeInScope(async () => {
        console.log('logged');
        queueMicrotask(() => emitter.emit('done', 'emitted'));
        return [
          await once(emitter, 'done'),
          createHash('sha256').update('x').digest('hex').slice(0, 4),
          scryptSync('a', 'b', 2).length,
          gunzipSync(gzipSync('zipped')).toString(),
          await text(Readable.from(['a', 'b'])),
          await new Response('body').text(),
          structuredClone({ cloned: true }),
          AbortSignal.any([AbortSignal.abort()]).aborted,
          require('./required-late.cjs'),
          typeof new Error('with a stack').stack,
        ];
      });
      print({ value, violations });
    `);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const [logged, result] = stdout.split('\n') as [string, string];
    expect(logged).toBe('logged');
    expect(JSON.parse(result)).toEqual({
      value: [['emitted'], '2d71', 2, 'zipped', 'ab', 'body', { cloned: true }, true, { loadedOutsideOfTheScope: true }, 'string'],
      violations: [],
    });
  });
});

describe('every module of Node', () => {
  it('is guarded, or is left alone for a reason', async () => {
    const guarded = await packages.evaluate<string[]>(`
      import { refusedCalls } from './node_modules/@marathon/guards/dist/refused-calls.js';
      import { print } from './scope.mjs';
      print(refusedCalls.map(({ api }) => api));
    `);
    const undecided = builtinModules
      .map((name) => name.replace(/^node:/, ''))
      .filter((name) => !name.startsWith('_') && !guarded.includes(name.replace('/', '.')) && !leftAlone.has(name));
    expect(undecided).toEqual([]);
  });

  const leftAlone = new Map([
    ...[
      'assert',
      'assert/strict',
      'buffer',
      'constants',
      'diagnostics_channel',
      'events',
      'path',
      'path/posix',
      'path/win32',
      'querystring',
    ]
      .concat(['stream', 'stream/consumers', 'stream/promises', 'string_decoder', 'url', 'util', 'util/types', 'punycode', 'sys', 'module'])
      .map((name) => [name, 'computes in memory'] as const),
    ['console', 'logs'],
    ['vm', 'Node itself makes contexts while it prints errors'],
    ['domain', 'loading it changes the process'],
    ['wasi', 'loading it warns'],
    ['repl', 'no workflow code has a use for it'],
    ['sea', 'no workflow code has a use for it'],
    ['test', 'no workflow code has a use for it'],
    ['test/reporters', 'no workflow code has a use for it'],
  ]);
});

const callsThatMustBeAmongThem = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'timers.setTimeout', 'timers.promises.setTimeout', 'timers.promises.scheduler.wait'],
  ...['fetch', 'WebSocket', 'EventSource', 'MessageChannel', 'BroadcastChannel', 'AbortSignal.timeout', 'WeakRef', 'FinalizationRegistry'],
  ...['Atomics.waitAsync', 'Temporal.Now.instant', 'crypto.subtle.digest', 'performance.mark', 'CompressionStream'],
  ...['fs.readFile', 'fs.readFileSync', 'fs.ReadStream', 'fs.promises.readFile', 'net.connect', 'tls.connect', 'dgram.createSocket'],
  ...['dns.lookup', 'dns.promises.lookup', 'http.request', 'https.get', 'http2.connect', 'child_process.spawn', 'worker_threads.Worker'],
  ...['crypto.pbkdf2', 'crypto.scrypt', 'crypto.generateKeyPairSync', 'crypto.sign', 'zlib.gzip', 'zlib.createGzip', 'sqlite.DatabaseSync'],
  ...['process.exit', 'process.memoryUsage', 'os.hostname', 'v8.getHeapStatistics', 'perf_hooks.monitorEventLoopDelay'],
];

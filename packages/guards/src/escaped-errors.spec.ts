import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

describe('errors that nobody can catch any more', () => {
  it('suspend the run in whose scope a promise was rejected, and reach no listener of the process (E1)', async () => {
    const facts = await packages.evaluate(`
      import { inScope, print, rejections } from './scope.mjs';
      const heard = [];
      process.on('unhandledRejection', (reason) => heard.push(reason));
      let rejectLater, rejectMadeOutside;
      const madeOutside = new Promise((_, reject) => (rejectMadeOutside = reject));
      inScope(() => {
        (async () => { await null; throw new Error('async function'); })();
        Promise.reject('rejected at once');
        const later = new Promise((_, reject) => (rejectLater = reject));
        (async () => await later)();
        madeOutside.then(() => {});
        Promise.reject('handled in time').catch(() => {});
      });
      await new Promise((resolve) => setTimeout(resolve, 1));
      rejectLater('awaited in the scope');
      rejectMadeOutside('derived in the scope');
      madeOutside.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1));
      inScope(() => rejectByScope());
      function rejectByScope() { let reject; new Promise((_, it) => (reject = it)); reject('rejected in the scope'); }
      await new Promise((resolve) => setTimeout(resolve, 1));
      print({ rejections, heard });
    `);
    const reasons = [...['rejected at once', 'async function', 'awaited in the scope', 'derived in the scope', 'rejected in the scope']];
    expect(facts).toEqual({
      rejections: reasons.map((reason) => ({ reason, stillInScope: false })),
      // `later` itself is another promise: it is rejected outside of a scope, and `await` handles it.
      heard: [],
    });
  });

  it('suspend the run that scheduled the microtask, tick or listener (E2)', async () => {
    const facts = await packages.evaluate(`
      import { EventEmitter } from 'node:events';
      import { PassThrough } from 'node:stream';
      import { inScope, print, rejections } from './scope.mjs';
      const order = [];
      inScope(() => {
        queueMicrotask(() => { throw new Error('microtask'); });
        process.nextTick((text) => { throw new Error(text); }, 'tick');
        const target = new EventTarget();
        target.addEventListener('x', () => { throw new Error('listener'); });
        target.dispatchEvent(new Event('x'));
        new PassThrough().destroy(new Error('stream'));
        process.nextTick((...args) => order.push(...args), 'with', 'arguments');
      });
      await new Promise((resolve) => setTimeout(resolve, 1));
      print({ reasons: rejections.map(({ reason }) => reason).sort(), order });
    `);
    expect(facts).toEqual({ reasons: ['listener', 'microtask', 'stream', 'tick'], order: ['with', 'arguments'] });
  });

  const crashes = [
    ["Promise.reject(new Error('nobody'));", []],
    ["Promise.reject('no error');", []],
    ['Promise.reject(undefined);', ['--unhandled-rejections=strict']],
    ["Promise.reject(new Error('nobody')); setTimeout(() => console.log('went on'), 1);", ['--unhandled-rejections=warn']],
    ["process.on('unhandledRejection', (reason) => console.log('heard', reason)); Promise.reject(1);", []],
    ["process.on('uncaughtException', (error, origin) => console.log(String(error), origin)); Promise.reject(new Error('x'));", []],
    ["queueMicrotask(() => { throw new Error('x'); });", []],
    ["process.nextTick(() => { throw new Error('x'); });", []],
    ['process.nextTick(null);', []],
  ] as const;

  it.each(crashes)('outside of a scope end as without guards: %s %j', async (source, options) => {
    const program = (): Promise<unknown> =>
      packages.run(source, { nodeOptions: [...options, '--stack-trace-limit=1', '--import', '@marathon/guards/register'] });
    const unguarded = packages.run(source, { nodeOptions: [...options, '--stack-trace-limit=1'] });
    const neutral = (run: unknown): unknown =>
      JSON.parse(JSON.stringify(run).replace(/program-[0-9a-f-]+|\(node:\d+\)|at .*?(?=\\n)/g, ''));
    expect(neutral(await program())).toEqual(neutral(await unguarded));
  });
});

describe('microtasks and ticks', () => {
  it('run in the turn that called them, in the same order whatever else the process does', async () => {
    const orders = await packages.evaluate(`
      import { inScope, print } from './scope.mjs';
      const turn = (disturb) => new Promise((resolve) => {
        const order = [];
        setImmediate(() => {
          disturb();
          inScope(() => {
            queueMicrotask(() => { order.push('microtask 1'); process.nextTick(() => order.push('tick of microtask')); });
            process.nextTick(() => { order.push('tick 1'); queueMicrotask(() => order.push('microtask of tick')); });
            Promise.resolve().then(() => order.push('promise'));
            process.nextTick(() => order.push('tick 2'));
          });
          disturb();
        });
        setImmediate(() => resolve(order));
      });
      const busy = () => { process.nextTick(() => Promise.resolve().then(() => process.nextTick(() => {}))); queueMicrotask(() => {}); };
      print([await turn(() => {}), await turn(busy)]);
    `);
    const order = ['tick 1', 'tick 2', 'microtask 1', 'promise', 'microtask of tick', 'tick of microtask'];
    expect(orders).toEqual([order, order]);
  });
});

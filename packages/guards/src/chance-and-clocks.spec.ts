import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

describe('chance', () => {
  it('comes from the run in a scope, through every interface', async () => {
    const values = await packages.evaluate(`
      import nodeCrypto, { getRandomValues, randomBytes, randomFillSync, randomInt, randomUUID, webcrypto } from 'node:crypto';
      import { inScope, print } from './scope.mjs';
      const captured = Math.random;
      print(inScope(() => ({
        random: [Math.random(), captured(), Math.random()],
        integers: [randomInt(10), randomInt(100, 110), randomInt(1)],
        uuids: [crypto.randomUUID(), webcrypto.randomUUID(), randomUUID(), randomUUID({ disableEntropyCache: true })],
        bytes: [...randomBytes(2), ...nodeCrypto.prng(1), ...nodeCrypto.pseudoRandomBytes(1)],
        values: [...crypto.getRandomValues(new Uint8Array(2)), ...getRandomValues(new Uint16Array(1)), ...webcrypto.getRandomValues(new Uint8Array(1))],
        filled: [...randomFillSync(new Uint16Array(4), 1, 2), ...randomFillSync(Buffer.alloc(3), 1), ...new Uint8Array(randomFillSync(new ArrayBuffer(1)))],
        view: [...new Uint8Array(randomFillSync(new DataView(new ArrayBuffer(3), 1, 1)).buffer)],
      })));
    `);
    expect(values).toEqual({
      random: [0, 0.1, 0.2],
      integers: [3, 104, 0],
      uuids: Array(4).fill('00000000-0000-4000-8000-000000000007'),
      bytes: [7, 7, 7, 7],
      values: [7, 7, 0x0707, 7],
      filled: [0, 0x0707, 0x0707, 0, 0, 7, 7, 7],
      view: [0, 7, 0],
    });
  });

  it('checks its arguments in a scope as outside, and refuses callbacks', async () => {
    const codes = await packages.evaluate(`
      import { randomBytes, randomInt, randomFill, randomFillSync } from 'node:crypto';
      import { outcomeInScope, print } from './scope.mjs';
      const ways = [
        () => randomBytes(-1), () => randomInt(5, 5), () => crypto.getRandomValues([]), () => randomFillSync(Buffer.alloc(1), 2),
        () => randomBytes(1, () => {}), () => randomInt(5, () => {}), () => randomFill(Buffer.alloc(1), () => {}),
      ];
      const outcomes = [];
      for (const way of ways) outcomes.push((await outcomeInScope(way)).code);
      print(outcomes);
    `);
    expect(codes).toEqual([
      ...['ERR_OUT_OF_RANGE', 'ERR_OUT_OF_RANGE', 17, 'ERR_OUT_OF_RANGE'],
      ...Array(3).fill('MARATHON_NON_DETERMINISTIC_CALL'),
    ]);
  });

  it('is the process’s outside of a scope', async () => {
    const different = await packages.evaluate(`
      import { randomBytes, randomInt, randomUUID } from 'node:crypto';
      import { promisify } from 'node:util';
      import { print } from './scope.mjs';
      const ways = [Math.random, () => crypto.randomUUID(), randomUUID, () => randomInt(2 ** 40), () => randomBytes(8).toString('hex'), () => String(crypto.getRandomValues(new Uint8Array(8)))];
      const async = await promisify(randomBytes)(8);
      print([...ways.map((way) => way() !== way()), async.length === 8]);
    `);
    expect(different).toEqual(Array(7).fill(true));
  });
});

describe('clocks', () => {
  it('show the run’s time in a scope', async () => {
    const { values, startMs } = await packages.evaluate<{ values: unknown; startMs: number }>(`
      import { performance as imported } from 'node:perf_hooks';
      import { hrtime } from 'node:process';
      import { inScope, print, startMs } from './scope.mjs';
      const values = inScope(() => ({
        performance: [performance.now(), imported.now(), performance.timeOrigin],
        hrtime: [process.hrtime(), hrtime(), process.hrtime([1, 500_000_000]), String(process.hrtime.bigint())],
      }));
      print({ values, startMs });
    `);
    const seconds = Math.floor(startMs / 1_000);
    expect(values).toEqual({
      performance: [startMs, startMs, 0],
      hrtime: [[seconds, 250_000_000], [seconds, 250_000_000], [seconds - 2, 750_000_000], `${startMs}000000`],
    });
  });

  it('are the process’s outside of a scope', async () => {
    const facts = await packages.evaluate(`
      import { print } from './scope.mjs';
      const began = [performance.now(), process.hrtime.bigint()];
      const waited = await new Promise((resolve) => setTimeout(() => resolve('waited'), 2));
      print([waited, performance.now() > began[0], process.hrtime.bigint() > began[1], performance.timeOrigin > 1.7e12, process.hrtime(process.hrtime())[0]]);
    `);
    expect(facts).toEqual(['waited', true, true, true, 0]);
  });
});

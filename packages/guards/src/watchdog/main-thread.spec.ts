import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CompiledPackages } from '../../test/compiled-packages.js';

jest.setTimeout(30_000); // processes take a while on a busy machine

let packages: CompiledPackages;
beforeAll(async () => {
  packages = await CompiledPackages.create();
});
afterAll(() => packages[Symbol.asyncDispose]());

describe('MainThread', () => {
  it('stands still while it is paused, and goes on where it was when it is released', async () => {
    await packages.write(
      'pauses.mjs',
      `import { workerData } from 'node:worker_threads';
      import { MainThread } from './node_modules/@marathon/guards/dist/watchdog/main-thread.js';
      const counter = new Int32Array(workerData);
      const main = new MainThread();
      const location = await main.pause(10_000);
      const [before] = counter;
      await new Promise((resolve) => setTimeout(resolve, 20));
      const stoodStill = before === counter[0];
      main.release();
      while (counter[0] === before) await new Promise((resolve) => setTimeout(resolve, 1));
      counter[2] = stoodStill && /program-.*mjs:7:/.test(location) ? 1 : 2;
      counter[1] = 1;`,
    );
    const { stdout, exitCode } = await packages.run(`import { Worker } from 'node:worker_threads';
const memory = new SharedArrayBuffer(12);
const counter = new Int32Array(memory);
new Worker(new URL('./pauses.mjs', import.meta.url), { workerData: memory, execArgv: [] });
setImmediate(() => {
  const count = () => {
    while (counter[1] === 0) Atomics.add(counter, 0, 1);
  };
  count();
  console.log(counter[2] === 1 ? 'as expected' : 'did not stand still');
});`);
    expect({ stdout, exitCode }).toEqual({ stdout: 'as expected\n', exitCode: 0 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { ClosedLoop } from './closed-loop.js';

/** Workflows that end when the test says so. */
function workflows() {
  const open: PromiseWithResolvers<void>[] = [];
  const begun: number[] = [];
  return {
    begun,
    once: (n: number): Promise<void> => {
      begun.push(n);
      const workflow = Promise.withResolvers<void>();
      open.push(workflow);
      return workflow.promise;
    },
    async complete(count: number): Promise<void> {
      for (const workflow of open.splice(0, count)) workflow.resolve();
      await turn();
    },
    async fail(error: Error): Promise<void> {
      open.shift()?.reject(error);
      await turn();
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ClosedLoop', () => {
  it('keeps as many workflows in flight as it was told, each begun when another has ended', async () => {
    const world = workflows();
    const loop = new ClosedLoop(world.once, 3);
    loop.start();
    expect(world.begun).toEqual([0, 1, 2]);
    await world.complete(2);
    expect(world.begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('counts what ends while the measurement is open', async () => {
    const world = workflows();
    const loop = new ClosedLoop(world.once, 2);
    loop.start();
    await world.complete(2);
    const measurement = loop.beginMeasurement();
    await world.complete(1);
    await world.complete(1);
    await world.fail(new Error('wrong result'));
    loop.endMeasurement();
    await world.complete(1);
    expect(measurement).toMatchObject({ completed: 2, errors: 1 });
    expect(loop.firstError).toEqual(new Error('wrong result'));
  });

  it('stops when what is in flight has ended, and begins nothing more', async () => {
    const world = workflows();
    const loop = new ClosedLoop(world.once, 2);
    loop.start();
    let isStopped = false;
    const stopped = loop.stop().then(() => {
      isStopped = true;
    });
    await world.complete(1);
    expect(isStopped).toBe(false);
    await world.complete(1);
    await stopped;
    expect(world.begun).toEqual([0, 1]);
  });
});

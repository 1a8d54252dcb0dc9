import { expect, it } from '@jest/globals';
import { workflow } from '@marathon/workflow';
import { createTestEnvironment } from './test-environment.js';

const tests = 1_000;

interface Activities {
  reserve(n: number): Promise<number>;
  ship(n: number): Promise<number>;
}

const small = workflow('small', async (ctx, n: number) => {
  const { reserve, ship } = ctx.activities<Activities>();
  const reserved = await reserve(n);
  await ctx.sleep('30d');
  const approved = await ctx.waitForSignal<number>('approve');
  await ctx.sleep('30d');
  return (await ship(reserved)) + approved;
});

it(`runs ${tests} small workflow tests, each in an environment of its own, and prints how long they take`, async () => {
  const begunAt = performance.now();
  const usedBefore = process.cpuUsage();
  for (let i = 0; i < tests; i++) {
    const env = createTestEnvironment<Activities>({ workflows: [small], activities: { reserve: (n) => n + 1, ship: (n) => n * 2 } });
    const handle = await env.start(small, { input: i });
    await handle.signal('approve', 1);
    expect(await handle.result()).toBe((i + 1) * 2 + 1);
  }
  const { user, system } = process.cpuUsage(usedBefore);
  const [ms, cpuMs] = [performance.now() - begunAt, (user + system) / 1_000].map(Math.round);
  console.log(`${tests} workflow tests in ${ms} ms (${cpuMs} ms of processor time)`);
});

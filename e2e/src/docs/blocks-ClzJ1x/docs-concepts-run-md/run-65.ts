import { expect, it } from '@jest/globals';
import { createTestEnvironment } from '@marathon/testing';
import { workflow } from '@marathon/workflow';

const countdown = workflow('countdown', async (ctx, from: number): Promise<string> => {
  await ctx.sleep('1d');
  return from > 1 ? ctx.continueAsNew(from - 1) : 'lift-off';
});

it('has one result for all of its runs', async () => {
  const handle = await createTestEnvironment({ workflows: [countdown] }).start(countdown, { input: 3 });
  expect(await handle.result()).toBe('lift-off');
  expect((await handle.history()).events[0]).toMatchObject({ type: 'WorkflowStarted', payload: '1' });
});

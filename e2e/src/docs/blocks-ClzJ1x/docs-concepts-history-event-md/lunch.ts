// lunch.ts
import { workflow } from '@marathon/workflow';

export const lunch = workflow('lunch', async (ctx) => {
  const dish = await ctx.run('choose', () => 'soup');
  await ctx.sleep('10ms');
  return dish;
});

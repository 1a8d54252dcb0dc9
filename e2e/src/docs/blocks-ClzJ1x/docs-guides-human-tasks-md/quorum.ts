// quorum.ts
import { workflow } from '@marathon/workflow';

export const quorum = workflow('quorum', async (ctx, people: readonly string[]) => {
  const asking = ctx.scope(() => Promise.race(people.map((assignee) => ctx.approval<string>({ title: 'Tea or coffee?', assignee }))));
  const first = await asking;
  asking.cancel('answered'); // nobody is asked any more
  await ctx.sleep('1h');
  return first;
});

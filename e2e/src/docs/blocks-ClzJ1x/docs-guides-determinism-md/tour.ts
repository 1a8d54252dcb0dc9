// tour.ts
import { WorkflowCanceledError, workflow } from '@marathon/workflow';

export const tour = workflow('tour', async (ctx, places: readonly string[]) => {
  const missed: string[] = [];
  for (const place of places) {
    try {
      await ctx.activity('visit', place);
    } catch (error) {
      if (error instanceof WorkflowCanceledError) throw error;
      missed.push(place);
    }
  }
  return missed;
});

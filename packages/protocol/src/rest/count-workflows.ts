import { z } from 'zod';
import { SearchText } from './search-text.js';

/** The query of `GET /workflows/count` */
export const CountWorkflowsQuery = z.strictObject({
  q: SearchText.optional().describe('Which runs. Default: all.'),
  groupBy: z.string('must be given once').optional().describe('`status`, `workflow`, `taskQueue` or the name of a search attribute.'),
});

/** `GET /workflows/count` */
export const WorkflowCount = z
  .object({
    count: z.int().optional().describe('Without `groupBy`.'),
    groups: z
      .array(
        z.object({
          value: z.union([z.string(), z.number(), z.boolean(), z.null()]).describe('`null` for runs without a value.'),
          count: z.int(),
        }),
      )
      .optional()
      .describe('With `groupBy`: the largest first. A run counts once for each element of a list.'),
    isExact: z.boolean().describe('False when there are more runs, or groups, than are counted.'),
  })
  .meta({ id: 'WorkflowCount' });
export interface WorkflowCount extends z.output<typeof WorkflowCount> {}

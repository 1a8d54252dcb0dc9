import { z } from 'zod';
import { Name, RunIdText, Status } from './fields.js';

/** What every refusal looks like: problem details as in RFC 9457, with the content type `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string().describe('Where the problem is explained.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional().describe('The path of the request.'),
    code: z.string().describe('Stable: what programs go by.'),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with which field of the body, query, path or headers.'),
    /** Of the run that is in the way. */
    workflowId: Name.optional(),
    runId: RunIdText.optional(),
    runStatus: Status.optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof Problem>;

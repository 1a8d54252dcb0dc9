import { z } from 'zod';
import { failureField } from '../messages/parts/failure.js';
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
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          pointer: z.string().optional().describe('Where in the field: a JSON pointer, empty for the whole of it.'),
          position: z.int().optional().describe('Of the character where it is, from 1.'),
        }),
      )
      .optional()
      .describe('What is wrong with which field of the body, query, path or headers.'),
    /** Of the run that is in the way. */
    workflowId: Name.optional(),
    runId: RunIdText.optional(),
    runStatus: Status.optional(),
    failure: failureField.optional().describe("What the run's code threw."),
    names: z.array(z.string()).optional().describe('What there is instead of what was asked for.'),
  })
  .meta({ id: 'Problem' });
export interface Problem extends z.output<typeof Problem> {}

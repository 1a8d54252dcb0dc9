import { z } from 'zod';
import { JsonValue } from './fields.js';

/** The body of `POST /tokens/{token}/fail` */
export const ActivityFailure = z
  .strictObject({
    type: z.string().min(1).max(200).describe('What retry policies go by.'),
    message: z.string().max(10_000),
    details: JsonValue.optional(),
    nonRetryable: z.boolean().optional().describe('True: no further attempt is made, whatever the retry policy says.'),
  })
  .meta({ id: 'ActivityFailure' });
export type ActivityFailure = z.output<typeof ActivityFailure>;

/** Of a failure, and of a heartbeat: characters of JSON. */
export const activityDetailsCharsMax = 64 * 1_024;

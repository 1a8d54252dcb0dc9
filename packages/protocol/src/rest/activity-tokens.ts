import { z } from 'zod';
import { JsonValue } from './fields.js';

export interface ActivityFailure {
  readonly type: string;
  readonly message: string;
  readonly details?: unknown;
  readonly nonRetryable?: boolean | undefined;
  readonly cause?: ActivityFailure | undefined;
}

/** The body of `POST /tokens/{token}/fail` */
export const ActivityFailure: z.ZodType<ActivityFailure> = z
  .strictObject({
    type: z.string().min(1).max(200).describe('What retry policies go by.'),
    message: z.string().max(10_000),
    details: JsonValue.optional(),
    nonRetryable: z.boolean().optional().describe('True: no further attempt is made, whatever the retry policy says.'),
    get cause() {
      return ActivityFailure.optional().describe('What it came of; eight causes deep at most.');
    },
  })
  .meta({ id: 'ActivityFailure' });

/** Of a failure, and of a heartbeat: characters of JSON. */
export const activityDetailsCharsMax = 64 * 1_024;

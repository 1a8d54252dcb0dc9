import { durationMs, limitMax, priorityMax } from '@marathon/core';
import { z } from 'zod';
import { DurationText, Name } from './fields.js';

const Limit = z.int().min(1).max(limitMax);

/** What a start says of the limits of its run. */
export const statedLimits = {
  concurrency: z
    .strictObject({ key: Name, limit: Limit })
    .optional()
    .describe('At most `limit` runs at a time, of all that name this key. Default: what the definition says.'),
  rateLimit: z
    .strictObject({
      key: Name.optional().describe('Default: the name of the workflow.'),
      limit: Limit,
      per: DurationText.refine((per) => durationMs(per) >= 1, 'must be at least 1ms'),
    })
    .optional()
    .describe('`limit` runs at once, and then one more each `per / limit`. Default: what the definition says.'),
  priority: z
    .int()
    .min(1)
    .max(priorityMax)
    .optional()
    .describe('Among runs that wait for the same limit, 1 goes first. Default: what the definition says, or 3.'),
  fairnessKey: Name.optional().describe('Runs that wait for the same limit take turns by this. Default: what the definition says.'),
};

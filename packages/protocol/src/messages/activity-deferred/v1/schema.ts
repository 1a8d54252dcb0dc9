import { z } from 'zod';
import { attemptRefFields, payloadField } from '../../parts/fields.js';

export const activityDeferredV1 = z
  .object({
    type: z.literal('activity-deferred'),
    v: z.literal(1),
    ...attemptRefFields,
    heartbeatDetails: payloadField.describe('Of the last heartbeat, when there were any.'),
  })
  .describe("An attempt's code has ended, and whoever has its token brings the outcome. To the task's `replyTo`, key = runId.");

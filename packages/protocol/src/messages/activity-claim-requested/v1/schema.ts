import { z } from 'zod';
import { attemptRefFields, nameField, replyAddressField } from '../../parts/fields.js';

export const activityClaimRequestedV1 = z
  .object({
    type: z.literal('activity-claim-requested'),
    v: z.literal(1),
    worker: nameField,
    claims: z.array(z.object(attemptRefFields)).min(1).max(1_000),
    replyTo: replyAddressField,
  })
  .describe("A worker asks for attempts that another may have begun, all of one shard. To the tasks' `replyTo`, key = the worker.");

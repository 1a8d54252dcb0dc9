import { z } from 'zod';
import { ordinalField, runIdField } from '../../parts/fields.js';

export const activityCancelRequestedV1 = z
  .object({
    type: z.literal('activity-cancel-requested'),
    v: z.literal(1),
    runId: runIdField,
    activitySeq: ordinalField,
  })
  .describe('Whoever runs an attempt of this activity should abort it. To all workers: topic `marathon.activity-cancellations`.');

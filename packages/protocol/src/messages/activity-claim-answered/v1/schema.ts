import { z } from 'zod';
import { attemptRefFields, nameField } from '../../parts/fields.js';

export const activityClaimAnsweredV1 = z
  .object({
    type: z.literal('activity-claim-answered'),
    v: z.literal(1),
    correlationId: nameField,
    answers: z.array(
      z.object({
        ...attemptRefFields,
        isGranted: z
          .boolean()
          .describe('True: the attempt is leased to the worker that asked. False: it is over, or another worker has it.'),
      }),
    ),
  })
  .describe('Answers to a worker that claims. To topic `marathon.replies`, the partition it named, key = correlationId.');

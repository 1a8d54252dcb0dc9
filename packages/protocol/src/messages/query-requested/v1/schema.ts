import { z } from 'zod';
import { nameField, payloadField, replyAddressField, runIdField } from '../../parts/fields.js';

export const queryRequestedV1 = z
  .object({
    type: z.literal('query-requested'),
    v: z.literal(1),
    runId: runIdField,
    name: nameField,
    input: payloadField,
    replyTo: replyAddressField,
  })
  .describe("A gateway asks the code of a run something. To the owner of the run's shard: topic `marathon.workflow.<queue>`, key = runId.");

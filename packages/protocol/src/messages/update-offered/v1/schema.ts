import { z } from 'zod';
import { nameField, payloadField, replyAddressField, runIdField } from '../../parts/fields.js';

export const updateOfferedV1 = z
  .object({
    type: z.literal('update-offered'),
    v: z.literal(1),
    runId: runIdField,
    updateId: nameField,
    name: nameField,
    payload: payloadField,
    fingerprint: nameField.describe('Tells the update from another request under its id.'),
    replyTo: replyAddressField,
  })
  .describe(
    "A gateway offers an update that is not accepted yet to the owner of the run's shard, who accepts or declines it: topic `marathon.workflow.<queue>`, key = runId.",
  );

import { z } from 'zod';
import { nameField, replyAddressField, runIdField } from '../../parts/fields.js';

export const updateAwaitedV1 = z
  .object({ type: z.literal('update-awaited'), v: z.literal(1), runId: runIdField, updateId: nameField, replyTo: replyAddressField })
  .describe(
    "A gateway waits for the answer to an update. To the owner of the run's shard: topic `marathon.workflow.<queue>`, key = runId.",
  );

import { z } from 'zod';
import { replyAddressField, runIdField } from '../../parts/fields.js';
import { historyEventField } from '../../parts/history-event.js';

export const runStartedV1 = z
  .object({
    type: z.literal('run-started'),
    v: z.literal(1),
    runId: runIdField,
    started: historyEventField
      .extend({ type: z.literal('WorkflowStarted') })
      .exactOptional()
      .describe('Absent when it is too large for a message: the owner reads it.'),
    replyTo: replyAddressField.exactOptional().describe('A gateway that waits for the result.'),
    redelivered: z.boolean().exactOptional(),
  })
  .describe("A run was started. To the owner of its shard: topic `marathon.workflow.<queue>`, the shard's partition, key = runId.");

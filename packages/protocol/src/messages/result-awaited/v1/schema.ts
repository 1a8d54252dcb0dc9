import { z } from 'zod';
import { replyAddressField, runIdField } from '../../parts/fields.js';

export const resultAwaitedV1 = z
  .object({ type: z.literal('result-awaited'), v: z.literal(1), runId: runIdField, replyTo: replyAddressField })
  .describe("A gateway waits for a run to close. To the owner of the run's shard: topic `marathon.workflow.<queue>`, key = runId.");

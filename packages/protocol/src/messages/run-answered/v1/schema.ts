import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { nameField, payloadField, runIdField } from '../../parts/fields.js';

export const runAnsweredV1 = z
  .object({
    type: z.literal('run-answered'),
    v: z.literal(1),
    correlationId: nameField,
    runId: runIdField,
    outcome: z
      .enum(['completed', 'failed', 'unknown', 'unanswerable'])
      .describe('`unknown`: the code has no such handler. `unanswerable`: there is no code to ask.'),
    outcomeOmitted: z.boolean().exactOptional().describe('True when result or failure are too large for a message.'),
    result: payloadField,
    failure: failureField.exactOptional(),
    names: z.array(nameField).exactOptional().describe('With `unknown`: the handlers that there are.'),
    reason: z.string().exactOptional().describe('With `unanswerable`: why.'),
  })
  .describe(
    'What a run answers to a query. To the gateway that waits: topic `marathon.replies`, the partition it named, key = correlationId.',
  );

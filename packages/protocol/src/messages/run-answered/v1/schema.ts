import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { nameField, ordinalField, payloadField, runIdField } from '../../parts/fields.js';

export const runAnsweredV1 = z
  .object({
    type: z.literal('run-answered'),
    v: z.literal(1),
    correlationId: nameField,
    runId: runIdField,
    outcome: z
      .enum(['completed', 'failed', 'rejected', 'unknown', 'closed', 'unanswerable', 'declined'])
      .describe(
        '`rejected`: by the validator of an update. `unknown`: the code has no such handler, or, of an update without `seq`, none such was sent. `closed`: before the update was taken up. `unanswerable`: there is no code to ask. `declined`: the owner has not accepted an update that it was offered.',
      ),
    seq: ordinalField.exactOptional().describe('The event that records the answer to an update.'),
    outcomeOmitted: z
      .boolean()
      .exactOptional()
      .describe('True when result or failure are too large for a message: those of an update stand in the history.'),
    result: payloadField,
    failure: failureField.exactOptional(),
    names: z.array(nameField).exactOptional().describe('With `unknown`: the handlers that there are.'),
    reason: z.string().exactOptional().describe('With `unanswerable`: why.'),
  })
  .describe(
    'What a run answers to a query or an update. To the gateway that waits: topic `marathon.replies`, the partition it named, key = correlationId.',
  );

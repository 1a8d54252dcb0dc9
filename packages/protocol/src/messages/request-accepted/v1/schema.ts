import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { attemptFields, nameField, ordinalField, payloadField, replyAddressField, runIdField } from '../../parts/fields.js';

export const requestAcceptedV1 = z
  .object({
    type: z.literal('request-accepted'),
    v: z.literal(1),
    runId: runIdField,
    n: ordinalField.describe('The number of the request in its run.'),
    request: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('signal'), name: nameField, payload: payloadField }),
        z.object({ kind: z.literal('cancel'), reason: z.string().exactOptional() }),
        z.object({ kind: z.literal('terminate'), reason: z.string().exactOptional() }),
        z.object({ kind: z.literal('resume') }),
        z.object({ kind: z.literal('complete-activity'), ...attemptFields, payload: payloadField, answeredBy: z.string().exactOptional() }),
        z.object({ kind: z.literal('fail-activity'), ...attemptFields, failure: failureField }),
        z.object({ kind: z.literal('admit-run') }),
        z.object({ kind: z.literal('admit-activity'), ...attemptFields }),
        z.object({ kind: z.literal('update'), updateId: nameField, name: nameField, payload: payloadField }),
      ])
      .exactOptional()
      .describe('Absent when it is too large for a message: the owner reads it.'),
    replyTo: replyAddressField.exactOptional().describe('Of a gateway that waits for the answer to an update.'),
  })
  .describe('A request to a run was numbered and stored. To the owner of its shard: topic `marathon.workflow.<queue>`, key = runId.');

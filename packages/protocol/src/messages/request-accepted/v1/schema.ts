import { z } from 'zod';
import { nameField, ordinalField, payloadField, runIdField } from '../../parts/fields.js';

export const requestAcceptedV1 = z.object({
  type: z.literal('request-accepted'),
  v: z.literal(1),
  runId: runIdField,
  request: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('signal'), n: ordinalField, name: nameField, payload: payloadField }),
    z.object({ kind: z.literal('cancel'), n: ordinalField, reason: z.string().exactOptional() }),
    z.object({ kind: z.literal('terminate'), n: ordinalField, reason: z.string().exactOptional() }),
    z.object({ kind: z.literal('resume'), n: ordinalField }),
  ]),
}).describe('A request to a run was numbered and stored. To the owner of its shard: topic `marathon.workflow.<queue>`, key = runId.');

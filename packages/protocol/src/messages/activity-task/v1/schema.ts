import { z } from 'zod';
import { tokenKeyPattern } from '../../../activity-token.js';
import { attemptRefFields, durationMsField, instantField, nameField, partitionField, payloadField } from '../../parts/fields.js';

export const activityTaskV1 = z
  .object({
    type: z.literal('activity-task'),
    v: z.literal(1),
    ...attemptRefFields,
    activity: nameField,
    workflow: nameField,
    workflowId: nameField,
    input: payloadField,
    heartbeatDetails: payloadField.describe('What the last attempt reported with its last heartbeat.'),
    startToCloseTimeoutMs: durationMsField,
    deadlineMs: instantField.exactOptional().describe('Where all attempts must be over, milliseconds since 1970.'),
    heartbeatTimeoutMs: durationMsField.exactOptional(),
    announceAtOnce: z.boolean().describe('True: announce the start at once, rather than when it lasts.'),
    replyTo: z.object({ topic: z.string(), partition: partitionField }).describe('Where everything about this attempt is to be sent.'),
    tokenKey: z
      .string()
      .regex(tokenKeyPattern)
      .exactOptional()
      .describe('A secret, of all tasks of the queue: the key from which the worker makes the token of an attempt.'),
    gatewayUrl: z
      .string()
      .exactOptional()
      .describe('Where a result goes that is too large for a message: `POST {gatewayUrl}/tokens/{token}/complete`.'),
    redelivered: z.boolean().exactOptional(),
  })
  .describe('One attempt of an activity. To the workers of a queue: topic `marathon.activity.<queue>`, key = `runId:activitySeq`.');

import { z } from 'zod';
import { attemptRefFields, durationMsField, instantField, nameField, partitionField, payloadField } from '../../parts/fields.js';

/** One attempt of an activity. To the workers of a queue: topic `marathon.activity.<queue>`, key = `runId:activitySeq`. */
export const activityTaskV1 = z.object({
  type: z.literal('activity-task'),
  v: z.literal(1),
  ...attemptRefFields,
  activity: nameField,
  workflow: nameField,
  workflowId: nameField,
  input: payloadField,
  /** What the last attempt reported with its last heartbeat. */
  heartbeatDetails: payloadField,
  startToCloseTimeoutMs: durationMsField,
  /** Where all attempts must be over, milliseconds since 1970. */
  deadlineMs: instantField.exactOptional(),
  heartbeatTimeoutMs: durationMsField.exactOptional(),
  /** True: announce the start at once, rather than when it lasts. */
  announceAtOnce: z.boolean(),
  /** Where everything about this attempt is to be sent. */
  replyTo: z.object({ topic: z.string(), partition: partitionField }),
  redelivered: z.boolean().exactOptional(),
});

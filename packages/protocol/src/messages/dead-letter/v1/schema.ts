import { z } from 'zod';
import { activityTaskV1 } from '../../activity-task/v1/schema.js';
import { failureField } from '../../parts/failure.js';
import { instantField, ordinalField, partitionField } from '../../parts/fields.js';

const foundField = z.object({
  topic: z.string(),
  partition: partitionField,
  offset: z.string().describe('As the stream numbers messages, in decimal text.'),
  timestampMs: instantField,
  key: z.string(),
  headers: z.record(z.string(), z.string()),
  value: z.string().describe('The text as it was, whether or not it is JSON.'),
  omittedChars: ordinalField
    .exactOptional()
    .describe('So many UTF-16 units were cut off the end of `value`, for its size; headers may be gone, too.'),
});

export const deadLetterV1 = z
  .object({
    type: z.literal('dead-letter'),
    v: z.literal(1),
    reason: z.enum(['malformed', 'unknown-type', 'unknown-version', 'misplaced', 'attempts-exhausted']),
    explanation: z.string().describe('The reason in words.'),
    found: foundField.exactOptional().describe('A message that was passed over, as and where it was found.'),
    task: z
      .object({ topic: z.string(), message: activityTaskV1 })
      .exactOptional()
      .describe('With `attempts-exhausted`: the last attempt, as it was offered to workers.'),
    inputOmitted: z
      .boolean()
      .exactOptional()
      .describe('True when the input of `task` was left out, for its size: it is in the history of the run.'),
    failure: failureField.exactOptional().describe('With `attempts-exhausted`: how the last attempt failed.'),
  })
  .describe(
    'What could not be worked on. Topic `marathon.dead-letters`, key = `topic/partition/offset` of a message, `runId:activitySeq` of a task: the same may come twice.',
  );

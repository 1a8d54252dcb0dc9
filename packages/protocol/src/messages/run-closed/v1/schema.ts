import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { nameField, payloadField, runIdField } from '../../parts/fields.js';

export const runClosedV1 = z
  .object({
    type: z.literal('run-closed'),
    v: z.literal(1),
    correlationId: nameField,
    runId: runIdField,
    status: z.enum(['Completed', 'Failed', 'Canceled', 'TimedOut', 'Terminated', 'ContinuedAsNew']),
    outcomeOmitted: z
      .boolean()
      .exactOptional()
      .describe('True when result or failure are too large for a message: they stand in the history.'),
    result: payloadField,
    failure: failureField.exactOptional(),
  })
  .describe('A run is closed. To the gateway that waits: topic `marathon.replies`, the partition it named, key = correlationId.');

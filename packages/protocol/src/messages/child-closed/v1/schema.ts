import { z } from 'zod';
import { failureField } from '../../parts/failure.js';
import { nameField, ordinalField, payloadField, runIdField } from '../../parts/fields.js';

export const childClosedV1 = z
  .object({
    type: z.literal('child-closed'),
    v: z.literal(1),
    runId: runIdField.describe('The parent.'),
    childSeq: ordinalField.describe("Of the `ChildWorkflowInitiated` in the parent's history."),
    childWorkflowId: nameField,
    childRunId: runIdField.describe("The child's first run."),
    closedRunId: runIdField.describe('The run that closed: another one than the first when the child was continued.'),
    status: z.enum(['Completed', 'Failed', 'Canceled', 'TimedOut', 'Terminated']),
    reason: z.string().exactOptional().describe('Of a cancellation or a termination.'),
    outcomeOmitted: z
      .boolean()
      .exactOptional()
      .describe('True when result or failure are too large for a message: they stand in the history of the run that closed.'),
    result: payloadField,
    failure: failureField.exactOptional(),
  })
  .describe(
    "A run that another had started has closed, for good. To the owner of the parent's shard: topic `marathon.workflow.<queue>`, key = runId.",
  );

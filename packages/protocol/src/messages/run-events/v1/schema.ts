import { z } from 'zod';
import { nameField, runIdField } from '../../parts/fields.js';
import { historyEventField } from '../../parts/history-event.js';

export const runEventsV1 = z
  .object({
    type: z.literal('run-events'),
    v: z.literal(1),
    runs: z.array(z.object({ runId: runIdField, workflowId: nameField, workflow: nameField, events: z.array(historyEventField) })),
  })
  .describe('What a commit added to histories: a hint, readers fill gaps by `seq`. Topic `marathon.events`, key = the first run.');

import { z } from 'zod';
import { DurationText, JsonObject, JsonValue, Name, RunIdText, Status, TaskQueue } from './fields.js';
import { SearchAttributesField } from './search-attributes.js';
import { statedLimits } from './stated-limits.js';

/** `POST /workflows` */
export const StartWorkflowRequest = z
  .strictObject({
    workflow: Name,
    workflowId: Name.refine((id) => id !== 'count', 'must not be "count": that is the path to the number of runs')
      .optional()
      .describe('Unique among open runs. Default: a new UUID.'),
    input: JsonValue.optional(),
    taskQueue: TaskQueue.optional().describe('Default: the queue on which the workflow is registered.'),
    memo: JsonObject.optional().describe('Kept with the run and returned with it; never interpreted.'),
    searchAttributes: SearchAttributesField.optional().describe('What the run can be found by.'),
    runTimeout: DurationText.optional().describe('The run times out when it is open for longer. Default: never.'),
    startDelay: DurationText.optional().describe('The code runs after this. Default: at once.'),
    signal: z
      .strictObject({ name: Name, payload: JsonValue.optional() })
      .optional()
      .describe('The run has it when its code begins. When an open run has the id, that one gets it, and none is started.'),
    ...statedLimits,
    idConflict: z.enum(['fail', 'useExisting']).optional().describe('What to do when an open run has this id. Default: fail.'),
  })
  .meta({ id: 'StartWorkflowRequest' });
export type StartWorkflowRequest = z.output<typeof StartWorkflowRequest>;

export const StartWorkflowAnswer = z.object({ workflowId: Name, runId: RunIdText, status: Status }).meta({ id: 'StartWorkflowAnswer' });
export type StartWorkflowAnswer = z.output<typeof StartWorkflowAnswer>;

import { z } from 'zod';
import { Instant, integerParameter, Name, RunIdText, Status, TaskQueue } from './fields.js';

/** The query of `GET /workflows` */
export const ListWorkflowsQuery = z.strictObject({
  status: Status.optional(),
  workflow: Name.optional(),
  workflowId: Name.optional(),
  limit: integerParameter(1, 200).default(50).describe('How many, at most. Default: 50.'),
  cursor: z.string().optional().describe('The `next` of the page before.'),
});

export const WorkflowSummary = z
  .object({
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    status: Status,
    taskQueue: TaskQueue,
    startedAt: Instant,
    closedAt: Instant.optional(),
    lastSeq: z.int(),
  })
  .meta({ id: 'WorkflowSummary' });
export type WorkflowSummary = z.output<typeof WorkflowSummary>;

/** `GET /workflows`: newest first. */
export const WorkflowList = z
  .object({
    workflows: z.array(WorkflowSummary),
    next: z.string().optional().describe('The `cursor` of the next page; absent on the last one.'),
  })
  .meta({ id: 'WorkflowList' });
export type WorkflowList = z.output<typeof WorkflowList>;

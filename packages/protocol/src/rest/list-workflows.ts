import { z } from 'zod';
import { Instant, integerParameter, Name, RunIdText, Status, StatusText, TaskQueue } from './fields.js';
import { SearchAttributesField } from './search-attributes.js';
import { SearchText } from './search-text.js';

/** The query of `GET /workflows` */
export const ListWorkflowsQuery = z.strictObject({
  q: SearchText.optional().describe('Which runs, in which order: `status = "Running" and amount > 100 order by startedAt desc`.'),
  status: Status.optional().describe('As `status = "…"` in `q`.'),
  workflow: Name.optional().describe('As `workflow = "…"` in `q`.'),
  workflowId: Name.optional().describe('As `workflowId = "…"` in `q`.'),
  limit: integerParameter(1, 200).default(50).describe('How many, at most. Default: 50.'),
  cursor: z.string().optional().describe('The `next` of the page before.'),
});

export const WorkflowSummary = z
  .object({
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    status: Status,
    statusText: StatusText.optional(),
    taskQueue: TaskQueue,
    startedAt: Instant,
    closedAt: Instant.optional(),
    lastSeq: z.int(),
    searchAttributes: SearchAttributesField.optional(),
  })
  .meta({ id: 'WorkflowSummary' });
export interface WorkflowSummary extends z.output<typeof WorkflowSummary> {}

/** `GET /workflows` */
export const WorkflowList = z
  .object({
    workflows: z.array(WorkflowSummary),
    next: z.string().optional().describe('The `cursor` of the next page; absent on the last one.'),
  })
  .meta({ id: 'WorkflowList' });
export type WorkflowList = z.output<typeof WorkflowList>;

import { z } from 'zod';
import { Instant, integerParameter, JsonObject, JsonValue, Name, RunIdText } from './fields.js';

/** The query of `GET /approvals` */
export const ListApprovalsQuery = z.strictObject({
  assignee: Name.optional().describe('Only those that are this one’s to answer.'),
  status: z.literal('open').optional().describe('Only open ones are listed.'),
  limit: integerParameter(1, 200).default(50).describe('How many, at most. Default: 50.'),
  cursor: z.string().optional().describe('The `next` of the page before.'),
});

export const Approval = z
  .object({
    id: z.string().describe('The run and the seq of the event that asked: `<runId>.<seq>`.'),
    status: z.enum(['open', 'answered', 'timed-out', 'withdrawn']),
    title: z.string(),
    assignee: z.string().optional().describe('Whose it is to answer.'),
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    openedAt: Instant,
    escalatesAt: Instant.optional().describe('When it becomes another’s to answer, unless it is answered before.'),
    escalatesTo: z.string().optional().describe('Whose it is from then on.'),
    deadline: Instant.optional().describe('Until when an answer is waited for.'),
    description: z.string().optional().describe('Not in lists, as what follows.'),
    schema: JsonObject.optional().describe('What an answer must fit: a JSON Schema.'),
    answer: JsonValue.optional(),
    answeredBy: z.string().optional(),
  })
  .meta({ id: 'Approval' });
export interface Approval extends z.output<typeof Approval> {}

export const ApprovalList = z.object({ approvals: z.array(Approval), next: z.string().optional() }).meta({ id: 'ApprovalList' });
export type ApprovalList = z.output<typeof ApprovalList>;

/** The body of `POST /approvals/{id}/answer` */
export const AnswerApproval = z
  .strictObject({ answer: JsonValue.optional(), answeredBy: Name.optional().describe('Recorded with the answer.') })
  .meta({ id: 'AnswerApproval' });

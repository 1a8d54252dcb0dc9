import {
  ActivityFailure,
  AnswerApproval,
  AnswerQuery,
  Approval,
  ApprovalList,
  CountWorkflowsQuery,
  DefinitionList,
  EventsQuery,
  Health,
  HistoryFile,
  HistoryPage,
  HistoryQuery,
  IdempotencyKey,
  JsonValue,
  LimitList,
  ListApprovalsQuery,
  ListDefinitionsQuery,
  ListLimitsQuery,
  ListWorkflowsQuery,
  NoBody,
  ReasonRequest,
  RequestAccepted,
  ResultQuery,
  RunAnswer,
  RunQuery,
  StartWorkflowAnswer,
  StartWorkflowRequest,
  UpdateAnswer,
  WaitQuery,
  WhyAnswer,
  WorkflowCount,
  WorkflowDescription,
  WorkflowList,
  WorkflowOutcome,
} from '@marathon/protocol';
import { z } from 'zod';

/** One row of the API, as the document is assembled from it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, z.ZodType>>;
  readonly body?: { readonly schema: z.ZodType; readonly isRequired: boolean };
  /** By status. */
  readonly answers: Readonly<Record<number, Answer>>;
  /** The statuses of the problems that it may answer beside 400, 500 and 503. */
  readonly problems: readonly number[];
}

export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}

const idempotency = { 'Idempotency-Key': IdempotencyKey.describe('A request repeated with the same key is the same request.') };
const lastEventId = {
  'Last-Event-ID': EventsQuery.shape.after.describe('Only events with a higher seq. Browsers send it when they connect again.'),
};
const accepted = { 202: { description: 'The request is durable.', schema: RequestAccepted } };
const outcomes = {
  200: { description: 'The run has ended.', schema: WorkflowOutcome },
  202: { description: 'The run is open.', schema: WorkflowOutcome },
};

const updateAnswers = {
  200: { description: 'The update is answered.', schema: UpdateAnswer },
  202: { description: 'The update is accepted and not answered yet: `Location` says where to ask again.', schema: UpdateAnswer },
};

export const operations: readonly Operation[] = [
  {
    id: 'startWorkflow',
    method: 'post',
    path: '/workflows',
    summary: 'Start a workflow',
    description: 'Answered when the start is durable; with `wait`, when the run has ended or the time is over.',
    query: WaitQuery,
    headers: idempotency,
    body: { schema: StartWorkflowRequest, isRequired: true },
    answers: {
      201: { description: 'The run is started.', schema: StartWorkflowAnswer },
      200: {
        description: 'With `wait`: the run has ended. With `useExisting`: the open run.',
        schema: z.union([WorkflowOutcome, StartWorkflowAnswer]),
      },
      202: { description: 'With `wait`: the run is still open.', schema: WorkflowOutcome },
    },
    problems: [409, 413, 415, 422],
  },
  {
    id: 'listWorkflows',
    method: 'get',
    path: '/workflows',
    summary: 'Search runs',
    description: 'Newest first, unless `q` says otherwise. Pages follow one another by what they are sorted by: none comes twice.',
    query: ListWorkflowsQuery,
    answers: { 200: { description: 'A page of runs.', schema: WorkflowList } },
    problems: [422],
  },
  {
    id: 'countWorkflows',
    method: 'get',
    path: '/workflows/count',
    summary: 'Count runs',
    description: 'Exact up to 1,000,000 runs and 1,000 groups; `isExact` says whether it is.',
    query: CountWorkflowsQuery,
    answers: { 200: { description: 'How many there are.', schema: WorkflowCount } },
    problems: [422],
  },
  {
    id: 'describeWorkflow',
    method: 'get',
    path: '/workflows/{workflowId}',
    summary: 'Describe a run and what it waits for',
    query: RunQuery,
    answers: { 200: { description: 'The run.', schema: WorkflowDescription } },
    problems: [404],
  },
  {
    id: 'explainWorkflow',
    method: 'get',
    path: '/workflows/{workflowId}/why',
    summary: 'Say what a run waits for, since when, and what would move it',
    query: RunQuery,
    answers: { 200: { description: 'What it waits for, what stands in the way of the rest first.', schema: WhyAnswer } },
    problems: [404],
  },
  {
    id: 'readHistory',
    method: 'get',
    path: '/workflows/{workflowId}/history',
    summary: 'Read what happened in a run',
    description: 'A page may have fewer events than asked for when they are large: go by `next`. With `format=file`, the whole history.',
    query: HistoryQuery,
    answers: { 200: { description: 'A page of events, or the file.', schema: z.union([HistoryPage, HistoryFile]) } },
    problems: [404],
  },
  {
    id: 'followRun',
    method: 'get',
    path: '/workflows/{workflowId}/events',
    summary: 'Follow a run as server-sent events',
    description: '`id` is the seq, `event` the type, `data` a history entry. The stream ends after the closing event.',
    query: EventsQuery,
    headers: lastEventId,
    answers: {
      200: { description: 'The history, then what happens.', contentType: 'text/event-stream', schema: z.string() },
      204: { description: 'The run is closed, and there is no further event.' },
    },
    problems: [404],
  },
  {
    id: 'getResult',
    method: 'get',
    path: '/workflows/{workflowId}/result',
    summary: 'Get the result of a run, or wait for it',
    description: 'A run that continued as new has the result of the run that goes on for it.',
    query: ResultQuery,
    answers: outcomes,
    problems: [404],
  },
  {
    id: 'signalWorkflow',
    method: 'post',
    path: '/workflows/{workflowId}/signals/{name}',
    summary: 'Send a signal to a run',
    query: RunQuery,
    headers: idempotency,
    body: { schema: JsonValue, isRequired: false },
    answers: accepted,
    problems: [404, 409, 413, 415, 422],
  },
  {
    id: 'queryWorkflow',
    method: 'post',
    path: '/workflows/{workflowId}/queries/{name}',
    summary: 'Ask the code of a run, also of a closed one',
    description: 'The body is the input of the query. Answered by the handler; nothing is recorded. `wait` is 10s unless it is given.',
    query: AnswerQuery,
    body: { schema: JsonValue, isRequired: false },
    answers: { 200: { description: 'The answer.', schema: RunAnswer } },
    problems: [404, 409, 413, 415, 422],
  },
  {
    id: 'updateWorkflow',
    method: 'post',
    path: '/workflows/{workflowId}/updates/{name}',
    summary: 'Send an update to a run, and wait for its answer',
    description:
      'The body is the input of the update; it is accepted before anything else. The `Idempotency-Key` is its id: the same id gets the same answer, from the history. `wait` is 10s unless it is given.',
    query: AnswerQuery,
    headers: idempotency,
    body: { schema: JsonValue, isRequired: false },
    answers: updateAnswers,
    problems: [404, 409, 413, 415, 422],
  },
  {
    id: 'getUpdate',
    method: 'get',
    path: '/workflows/{workflowId}/updates/{updateId}',
    summary: 'Wait for the answer to an update',
    query: AnswerQuery,
    answers: updateAnswers,
    problems: [404, 409, 422],
  },
  ...(['cancel', 'terminate'] as const).map(
    (verb): Operation => ({
      id: `${verb}Workflow`,
      method: 'post',
      path: `/workflows/{workflowId}/${verb}`,
      summary: verb === 'cancel' ? 'Cancel a run: its code may clean up' : 'Terminate a run at once',
      query: RunQuery,
      body: { schema: ReasonRequest, isRequired: false },
      answers: accepted,
      problems: [404, 409, 415],
    }),
  ),
  {
    id: 'resumeWorkflow',
    method: 'post',
    path: '/workflows/{workflowId}/resume',
    summary: 'Resume a suspended run',
    query: RunQuery,
    body: { schema: NoBody, isRequired: false },
    answers: accepted,
    problems: [404, 409, 415],
  },
  {
    id: 'completeActivity',
    method: 'post',
    path: '/tokens/{token}/complete',
    summary: 'Bring the result of an activity that handed out its token',
    description: 'An attempt has one outcome. Sent again, it is the same one.',
    body: { schema: JsonValue, isRequired: false },
    answers: { 202: { description: 'The result is durable.', schema: RequestAccepted } },
    problems: [404, 409, 413, 415],
  },
  {
    id: 'failActivity',
    method: 'post',
    path: '/tokens/{token}/fail',
    summary: 'Let an attempt fail: the retry policy says what follows',
    body: { schema: ActivityFailure, isRequired: true },
    answers: { 202: { description: 'The failure is durable.', schema: RequestAccepted } },
    problems: [404, 409, 413, 415],
  },
  {
    id: 'heartbeatActivity',
    method: 'post',
    path: '/tokens/{token}/heartbeat',
    summary: 'Say that the work behind a token goes on',
    description: 'The body is handed to the next attempt, if there is one. Told to the owner of the run; a heartbeat may be lost.',
    body: { schema: JsonValue, isRequired: false },
    answers: { 202: { description: 'The attempt is open, and its owner is told.', schema: RequestAccepted } },
    problems: [404, 409, 413, 415],
  },
  {
    id: 'readPayload',
    method: 'get',
    path: '/payloads/{name}',
    summary: 'Read a payload that is too large for histories and messages',
    description: 'Of an address as a task or a history gave it, with its query. It can be read by whoever has it, until it expires.',
    query: z.strictObject({ until: z.string(), signature: z.string() }),
    answers: { 200: { description: 'The JSON as it is recorded, byte for byte.', schema: JsonValue } },
    problems: [403, 404],
  },
  {
    id: 'listApprovals',
    method: 'get',
    path: '/approvals',
    summary: 'List what people are asked and have not answered',
    description: 'In the order in which their runs began.',
    query: ListApprovalsQuery,
    answers: { 200: { description: 'A page of open approvals.', schema: ApprovalList } },
    problems: [],
  },
  {
    id: 'describeApproval',
    method: 'get',
    path: '/approvals/{id}',
    summary: 'Describe an approval, open or not',
    answers: { 200: { description: 'The approval.', schema: Approval } },
    problems: [404],
  },
  {
    id: 'answerApproval',
    method: 'post',
    path: '/approvals/{id}/answer',
    summary: 'Answer an approval',
    description: 'It has one answer. Sent again, it is the same one.',
    body: { schema: AnswerApproval, isRequired: false },
    answers: { 202: { description: 'The answer is durable.', schema: RequestAccepted } },
    problems: [404, 409, 413, 415],
  },
  {
    id: 'listDefinitions',
    method: 'get',
    path: '/definitions',
    summary: 'List what can be started, and what may be sent to it',
    description: 'By task queue and name, as the orchestrators of the newest build announced it.',
    query: ListDefinitionsQuery,
    answers: { 200: { description: 'A page of workflows, with their contracts.', schema: DefinitionList } },
    problems: [],
  },
  {
    id: 'listLimits',
    method: 'get',
    path: '/limits',
    summary: 'List the limits under which activities and runs wait or are at work',
    description: 'In the order of kinds and keys. One that nobody uses is forgotten.',
    query: ListLimitsQuery,
    answers: { 200: { description: 'A page of limits.', schema: LimitList } },
    problems: [],
  },
  ...(['live', 'ready'] as const).map(
    (state): Operation => ({
      id: `is${state === 'live' ? 'Live' : 'Ready'}`,
      method: 'get',
      path: `/health/${state}`,
      summary: state === 'live' ? 'Whether the process answers' : 'Whether the database and the stream are usable',
      answers: { 200: { description: 'Yes.', schema: Health } },
      problems: [],
    }),
  ),
];

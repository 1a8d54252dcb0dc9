import { z } from 'zod';
import { failureField } from '../messages/parts/failure.js';
import { Instant, JsonObject, JsonValue, Name, RunIdText, Status, StatusText, TaskQueue } from './fields.js';
import { PayloadAddress } from './history.js';
import { SearchAttributesField } from './search-attributes.js';

/** The query of requests that are about one run: the latest of the workflow id when `runId` is absent. */
export const RunQuery = z.strictObject({ runId: RunIdText.optional() });

export const PendingActivity = z
  .object({
    activitySeq: z.int().describe('The seq of its `ActivityScheduled`.'),
    activity: Name,
    taskQueue: TaskQueue,
    state: z
      .enum(['queued', 'limited', 'running', 'deferred', 'backing-off'])
      .describe('`limited`: there is no room under a limit; `deferred`: whoever has its token is to bring the outcome.'),
    attempt: z.int(),
    scheduledAt: Instant,
    startedAt: Instant.optional().describe('When a worker announced the attempt; attempts of less than 2 s are not announced.'),
    nextAttemptAt: Instant.optional(),
    lastFailure: failureField.optional(),
    waitingFor: z.string().optional().describe('What has to come before it goes on, when nobody is there for it.'),
  })
  .meta({ id: 'PendingActivity' });
export type PendingActivity = z.output<typeof PendingActivity>;

export const PendingTimer = z.object({ timerSeq: z.int(), firesAt: Instant }).meta({ id: 'PendingTimer' });
export type PendingTimer = z.output<typeof PendingTimer>;

/** A run may have any number of children. */
export const pendingChildrenMax = 1_000;

export const PendingChild = z
  .object({
    childSeq: z.int().describe('The seq of its `ChildWorkflowInitiated`.'),
    workflow: Name,
    workflowId: Name,
    runId: RunIdText.describe('Its first run.'),
    state: z.enum(['starting', 'started']),
    initiatedAt: Instant,
  })
  .meta({ id: 'PendingChild' });
export type PendingChild = z.output<typeof PendingChild>;

export const SuspensionDescription = z
  .object({
    reason: z.string(),
    message: z.string(),
    expected: z.string().optional(),
    actual: z.string().optional(),
    build: z.string().optional(),
  })
  .meta({ id: 'Suspension', description: 'Why the code of a run was stopped.' });

/** `GET /workflows/{workflowId}` */
export const WorkflowDescription = z
  .object({
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    status: Status,
    statusText: StatusText.optional(),
    taskQueue: TaskQueue,
    input: JsonValue.optional(),
    result: JsonValue.optional(),
    inputAddress: PayloadAddress.optional().describe('Instead of an input of more than 256 Ki characters.'),
    resultAddress: PayloadAddress.optional().describe('Instead of a result of more than 256 Ki characters.'),
    failure: failureField.optional(),
    suspension: SuspensionDescription.optional(),
    memo: JsonObject.optional(),
    searchAttributes: SearchAttributesField.optional(),
    parent: z
      .object({ workflowId: Name, runId: RunIdText, childSeq: z.int() })
      .optional()
      .describe('The run that started it as its child.'),
    startedAt: Instant,
    closedAt: Instant.optional(),
    lastSeq: z.int(),
    warning: z.string().optional().describe('What will stop the run later unless something is done: a history that has grown long.'),
    pending: z.object({
      activities: z.array(PendingActivity),
      timers: z.array(PendingTimer),
      children: z.array(PendingChild).describe(`Children that have not closed: at most ${pendingChildrenMax}, the oldest.`),
      signals: z.array(Name).describe('The signals that the code waits for.'),
    }),
  })
  .meta({ id: 'WorkflowDescription' });
export interface WorkflowDescription extends z.output<typeof WorkflowDescription> {}

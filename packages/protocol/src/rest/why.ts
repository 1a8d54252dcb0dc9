import { z } from 'zod';
import { SuspensionDescription } from './describe-workflow.js';
import { Instant, Name, RunIdText, Status, TaskQueue } from './fields.js';
import { AwaitedLimit } from './limits.js';

/** At most so many waits are listed; `more` counts the rest. */
export const waitsMax = 100;

const base = {
  what: z.string().describe('One sentence for people.'),
  since: Instant,
  until: Instant.optional().describe('When time alone moves it.'),
  remedy: z.string().optional().describe('What would move it, when somebody has to act.'),
};

const wait = <Kind extends string, Facts extends z.ZodRawShape>(kind: Kind, facts: Facts) =>
  z.object({ kind: z.literal(kind), ...base, ...facts });

const workers = z.int().optional().describe('How many workers serve the task queue now; absent when the stream cannot tell.');

const lastFailure = z.object({ type: z.string(), message: z.string() });

const activityFacts = {
  activitySeq: z.int().describe('The seq of its `ActivityScheduled`.'),
  activity: Name,
  taskQueue: TaskQueue,
  attempt: z.int(),
  attemptsMax: z.int(),
  workers,
  lastFailure: lastFailure.optional().describe('Of the attempt before; the history has all of it.'),
  timeout: z.string().optional().describe('Which of its time-outs `until` is, where it is one.'),
};

const childFacts = {
  childSeq: z.int().describe('The seq of its `ChildWorkflowInitiated`.'),
  workflow: Name,
  childWorkflowId: Name,
};

/** What a run can wait for. What stands in the way of everything else comes first. */
export const RunWait = z
  .discriminatedUnion('kind', [
    wait('stream', {}),
    wait('orchestrator', {
      taskQueue: TaskQueue,
      orchestrators: z.int().optional().describe('How many serve the task queue now; absent when the stream cannot tell.'),
      owner: z.string().optional().describe('The process that gained the shard of the run last.'),
    }),
    wait('definition', { workflow: Name, taskQueue: TaskQueue, registeredOn: z.array(TaskQueue) }),
    wait('suspension', { suspension: SuspensionDescription }),
    wait('request', { request: z.string(), name: Name.optional(), count: z.int() }),
    wait('publication', {}),
    wait('start', {}),
    wait('start-delay', {}),
    wait('step', { names: z.array(z.string()) }),
    wait('step-backing-off', {
      step: z.int().describe('Counts the steps of the run from 1.'),
      name: z.string(),
      attempt: z.int(),
      lastFailure,
    }),
    wait('limit', {
      activitySeq: z.int().optional().describe('Of the attempt that waits; absent when the run itself does.'),
      activity: Name.optional(),
      attempt: z.int().optional(),
      limits: z.array(AwaitedLimit),
    }),
    wait('activity-queued', activityFacts),
    wait('activity-running', { ...activityFacts, worker: z.string().optional() }),
    wait('activity-deferred', activityFacts),
    wait('approval', { activitySeq: z.int(), assignee: z.string().optional() }),
    wait('activity-backing-off', activityFacts),
    wait('activity-handed-back', activityFacts),
    wait('map', {
      mapSeq: z.int().describe('The seq of its `MapScheduled`.'),
      activity: Name,
      taskQueue: TaskQueue,
      count: z.int().describe('How many items it has.'),
      done: z.int(),
      failed: z.int().describe('Of those that are done.'),
      queued: z.int().describe('Here and below: of the items under way.'),
      running: z.int(),
      deferred: z.int(),
      backingOff: z.int(),
      workers,
      oldest: z
        .object({
          index: z.int().describe('From 0.'),
          activitySeq: z.int(),
          attempt: z.int(),
          state: z.enum(['queued', 'running', 'deferred', 'backing-off']),
          worker: z.string().optional(),
          lastFailure: z.object({ type: z.string(), message: z.string() }).optional(),
        })
        .optional()
        .describe('The item that has been under way for the longest.'),
    }),
    wait('child-start', childFacts),
    wait('child', childFacts),
    wait('external-request', { requestSeq: z.int().describe('The seq of its `ExternalSignalRequested` or `ExternalCancelRequested`.') }),
    wait('timer', { timerSeq: z.int() }),
    wait('signal', { names: z.array(Name) }),
    wait('condition', { predicates: z.array(z.string()).describe('As they are written in the code.') }),
    wait('promise', {
      signals: z.array(Name).describe('That have a handler, as have `updates`.'),
      updates: z.array(Name),
    }),
    wait('code', {}),
    wait('run-timeout', {}),
  ])
  .meta({ id: 'RunWait' });
export type RunWait = z.output<typeof RunWait>;
export type RunWaitKind = RunWait['kind'];

const note = <Kind extends string, Facts extends z.ZodRawShape>(kind: Kind, facts: Facts) =>
  z.object({ kind: z.literal(kind), what: z.string(), remedy: z.string().optional(), ...facts });

/** What a run does not wait for, and what may explain why it waits. */
export const WhyNote = z
  .discriminatedUnion('kind', [
    note('signals-nobody-waits-for', { signals: z.array(z.object({ name: Name, count: z.int() })) }),
    note('signals-handled', { names: z.array(Name) }),
    note('cancel-requested', {}),
    note('history-long', { events: z.int() }),
  ])
  .meta({ id: 'WhyNote' });
export type WhyNote = z.output<typeof WhyNote>;

/** `GET /workflows/{workflowId}/why` */
export const WhyAnswer = z
  .object({
    workflowId: Name,
    runId: RunIdText,
    workflow: Name,
    status: Status,
    what: z.string().describe('One sentence for people: what it waits for above all, or how it ended.'),
    since: Instant.describe('When something happened in the run last.'),
    waits: z.array(RunWait).describe('What stands in the way of the others first. Empty when the run is closed.'),
    more: z.int().optional().describe(`How many waits are not listed: no more than ${waitsMax} are.`),
    notes: z.array(WhyNote),
  })
  .meta({ id: 'WhyAnswer' });
export interface WhyAnswer extends z.output<typeof WhyAnswer> {}

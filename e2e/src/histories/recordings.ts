import { type AnyWorkflowDefinition, type EventType, eventCodes, roleOf } from '@marathon/core';
import { createTestEnvironment, type MockContext, type TestEnvironment, type TestHandle } from '@marathon/testing';
import { update } from '@marathon/workflow';
import { fixtureWorkflows } from '../fixtures/workflows/index.js';

/** How a history comes about that has an event of the kind. */
export type Recording = (
  start: (workflow: string, input?: unknown) => Promise<TestHandle>,
  env: RecordedEnvironment,
) => Promise<TestHandle>;

/** With the tokens that its activities have handed out. */
type RecordedEnvironment = TestEnvironment & { readonly handedOut: readonly string[] };

const running =
  (workflow: string, input?: unknown): Recording =>
  (start) =>
    start(workflow, input);

const canceled =
  (workflow: string, input?: unknown): Recording =>
  async (start) => {
    const handle = await start(workflow, input);
    await handle.cancel('for a recording');
    return handle;
  };

const labeled: Recording = async (start) => {
  const handle = await start('e2e.labeled', { rounds: 1 });
  for (let i = 0; i < 2; i++) await handle.signal('next');
  return handle;
};

const deposit = update<number, number>('deposit');
const withdraw = update<number, number>('withdraw');

const accounted =
  (act: (handle: TestHandle) => Promise<unknown>): Recording =>
  async (start) => {
    const handle = await start('e2e.account');
    await act(handle);
    await handle.signal('check-out');
    return handle;
  };

const guarding =
  (how: string): Recording =>
  async (start) => {
    const handle = await start('e2e.guarding', { workflowId: 'guarded' });
    await handle.signal('how', how);
    return handle;
  };

/** Asked of a person, who answers when it has become another's. */
const escalated: Recording = async (start, env) => {
  const handle = await start('e2e.refund', { assignee: 'ada', escalation: { after: '1h', assignee: 'bo' } });
  await env.advance('1h');
  const [approval] = await handle.approvals();
  await approval?.answer({ approved: true }, { answeredBy: 'bo' });
  return handle;
};

/** One for each kind of event that `recordedKinds` names, by the kind's name. */
export const recordings: Readonly<Partial<Record<EventType, Recording>>> = {
  ActivityScheduled: running('e2e.sequence', { start: 1, count: 3 }),
  ActivityRetryScheduled: running('e2e.activity', {
    activity: 'e2e.fail',
    input: { type: 'Busy' },
    options: { retry: { initialInterval: '1m', attemptsMax: 2 } },
  }),
  ActivityDeferred: async (start, env) => {
    const handle = await start('e2e.deferred', { handOutTo: '' });
    await env.completeActivity(env.handedOut.at(-1) as string, { signedBy: 'ada' });
    return handle;
  },
  ActivityAdmitted: running('e2e.activity', {
    activity: 'e2e.fail',
    input: { type: 'Busy' },
    options: {
      concurrency: { key: 'recorded', limit: 2 },
      rateLimit: { limit: 10, per: '1m' },
      priority: 1,
      fairnessKey: 'ada',
      retry: { initialInterval: '1m', attemptsMax: 2 },
    },
  }),
  WorkflowAdmitted: async (start) => {
    const handle = await start('e2e.one-at-a-time');
    await handle.signal('go');
    return handle;
  },
  ApprovalEscalated: escalated,
  ActivityCanceled: canceled('e2e.waiting', { notify: '' }),
  MapScheduled: running('e2e.mapped', { count: 12, concurrency: 5 }),
  MapCanceled: canceled('e2e.mapping', { items: ['', ''], activity: 'e2e.until-aborted' }),
  TimerStarted: running('e2e.timers'),
  TimerCanceled: canceled('e2e.cleaning-up'),
  StepCompleted: running('e2e.parallel-steps', { count: 3 }),
  StepRetryScheduled: running('e2e.retried-step', { failures: 2, interval: '1m' }),
  StepRetryDue: running('e2e.retried-step', { failures: 9, interval: '1m', attemptsMax: 3 }),
  StepRetryCanceled: canceled('e2e.retried-step', { failures: 9, interval: '1h' }),
  StepFailed: running('e2e.steps', { count: 3, failAt: 2 }),
  StatusSet: labeled,
  MemoUpserted: labeled,
  SearchAttributesUpserted: labeled,
  ChildWorkflowInitiated: running('e2e.observing', { workflow: 'e2e.countdown', input: { left: 1 } }),
  ExternalSignalRequested: guarding('signal'),
  ExternalCancelRequested: guarding('cancel'),
  WorkflowCompleted: running('e2e.echo', { text: 'as it was' }),
  WorkflowFailed: running('e2e.failing', { message: 'sold out' }),
  WorkflowCanceled: canceled('e2e.trip', { booked: 2, cancels: true }),
  WorkflowContinuedAsNew: running('e2e.countdown', { left: 1 }),
  SignalReceived: async (start) => {
    const handle = await start('e2e.collect', { name: 'item', count: 2 });
    await handle.signal('item', 1);
    await handle.signal('item', 2);
    return handle;
  },
  UpdateCompleted: accounted((handle) => handle.update(deposit, 5)),
  UpdateFailed: accounted(async (handle) => {
    await handle.update(deposit, 20);
    await handle.update(withdraw, 13).catch(() => {});
  }),
  UpdateRejected: accounted((handle) => handle.update(withdraw, 1).catch(() => {})),
  CancelRequested: async (start) => {
    const handle = await start('e2e.shielded');
    await handle.cancel('for a recording');
    await handle.signal('charged');
    return handle;
  },
};

const otherWays: readonly EventType[] = [
  'ActivityRetryScheduled',
  'ActivityDeferred',
  'ActivityAdmitted',
  'WorkflowAdmitted',
  'ApprovalEscalated',
];

/** The kinds that a history stands in `e2e/histories` for: what code decides, what its steps come to, and what befalls activities in other ways. */
export const recordedKinds: readonly EventType[] = (Object.keys(eventCodes) as EventType[]).filter(
  (type) => ['command', 'outcome'].includes(roleOf(type)) || type.startsWith('Step') || otherWays.includes(type),
);

/** The first run of what a recording starts, from its beginning to its end. */
export async function record(recording: Recording) {
  const handedOut: string[] = [];
  const deferred = (_: unknown, { token, completeLater }: MockContext) => {
    handedOut.push(token);
    return completeLater();
  };
  const mocks = { ...activities, 'e2e.deferred': deferred };
  const env = Object.assign(createTestEnvironment({ workflows: fixtureWorkflows, activities: mocks }), { handedOut });
  const start = (workflow: string, input?: unknown) => env.start(fixture(workflow), { input });
  const handle = await recording(start, env);
  await handle.result().catch(() => {});
  return handle.history({ runId: handle.runId });
}

export function fixture(name: string): AnyWorkflowDefinition {
  const found = fixtureWorkflows.find((workflow) => workflow.name === name);
  if (!found) throw new Error(`no fixture is called "${name}"`);
  return found;
}

/** What the activities of the fixtures do, as far as recordings need them. */
const activities = {
  'e2e.double': (value: number) => 2 * value,
  'e2e.echo': (value: unknown) => value,
  'e2e.fail': ({ type, nonRetryable }: { type: string; nonRetryable?: boolean }) => {
    throw Object.assign(new Error('as asked'), { name: type, nonRetryable });
  },
  'e2e.until-aborted': (_: unknown, { sleep }: { sleep(duration: '30d'): Promise<void> }) => sleep('30d'),
};

import { describe, expect, it } from '@jest/globals';
import { type Recorded, recorded } from '../../test/recorded.js';
import { messagesOf, type Payload, RunState, retryPolicyDefault, runId } from '../index.js';

const failure = { type: 'Error', message: 'no' };
const address = { taskQueue: 'default', partition: 3 };

/** What is told of all events, as of the last. */
function told(redelivered: boolean, ...events: readonly Recorded[]) {
  const history = recorded(...events);
  return messagesOf({ runId: runId('r'), address, state: RunState.of(history), redelivered }, history.slice(1));
}
const kinds = (...events: readonly Recorded[]) => told(false, ...events).map(({ kind }) => kind);

const scheduled: Recorded = { type: 'ActivityScheduled', data: { activity: 'act' }, payload: '[1]' as Payload };
const retry: Recorded = {
  type: 'ActivityRetryScheduled',
  data: { activitySeq: 2, attempt: 2, firesAtMs: 9_000, failure },
  payload: '"d"' as Payload,
};
const due: Recorded = { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 2 } };

describe('what events call for', () => {
  it('is a task for an activity, with all that a worker needs', () => {
    const data = { activity: 'act', taskQueue: 'gpu', scheduleToCloseTimeoutMs: 50, heartbeatTimeoutMs: 9, startToCloseTimeoutMs: 7 };
    expect(told(false, { ...scheduled, data } as Recorded)).toEqual([
      {
        kind: 'activity-task',
        runId: 'r',
        activitySeq: 2,
        attempt: 1,
        taskQueue: 'gpu',
        activity: 'act',
        workflow: 'work',
        workflowId: 'w',
        input: '[1]',
        startToCloseTimeoutMs: 7,
        heartbeatTimeoutMs: 9,
        deadlineMs: 1_051,
        announceAtOnce: true,
        replyTo: address,
      },
    ]);
    expect(told(true, scheduled)).toMatchObject([
      { redelivered: true, announceAtOnce: false, startToCloseTimeoutMs: 600_000, taskQueue: 'default' },
    ]);
  });

  it('is the next attempt when its back-off is over, and not before', () => {
    expect(kinds(scheduled, retry)).toEqual([]);
    expect(told(false, scheduled, retry, due).at(-1)).toMatchObject({ kind: 'activity-task', attempt: 2, heartbeatDetails: '"d"' });
  });

  it('is nothing for an activity that is over by now', () => {
    expect(kinds(scheduled, { type: 'ActivityCompleted', data: { activitySeq: 2, attempt: 1 } })).toEqual([]);
  });

  it('is a word to its workers when an activity is canceled, or its run has closed', () => {
    expect(kinds(scheduled, { type: 'ActivityCanceled', data: { activitySeq: 2 } })).toEqual(['activity-cancel-requested']);
    expect(told(false, scheduled, scheduled, { type: 'WorkflowCompleted', data: {} })).toEqual([
      { kind: 'activity-cancel-requested', runId: 'r', activitySeq: 2 },
      { kind: 'activity-cancel-requested', runId: 'r', activitySeq: 3 },
    ]);
  });

  it('is nothing for what only the owner has to know', () => {
    expect(
      kinds(
        { type: 'TimerStarted', data: { firesAtMs: 1, durationMs: 1 } },
        { type: 'SignalReceived', data: { n: 1, name: 's' } },
        { type: 'StepCompleted', data: { step: 1, name: 's' } },
        { type: 'WorkflowResumed', data: {} },
      ),
    ).toEqual([]);
  });

  it('is a dead letter for the last attempt of an activity whose policy asks for it', () => {
    const policy = (more: object) =>
      ({ ...scheduled, data: { activity: 'act', retry: { ...retryPolicyDefault, ...more } } }) as unknown as Recorded;
    const second = { ...retry, data: { ...retry.data, attempt: 2 } } as Recorded;
    const failed: Recorded = { type: 'ActivityFailed', data: { activitySeq: 2, attempt: 2, failure } };
    const timedOut: Recorded = {
      type: 'ActivityTimedOut',
      data: { activitySeq: 2, attempt: 2, timeout: 'startToClose', lastFailure: failure },
    };
    const letters = (...events: Recorded[]) => told(true, ...events).filter(({ kind }) => kind === 'dead-letter');

    expect(letters(policy({ deadLetter: true }), second, due, failed)).toEqual([
      {
        kind: 'dead-letter',
        reason: 'attempts-exhausted',
        explanation: 'activity "act" failed at attempt 2, its last: no',
        task: expect.objectContaining({ kind: 'activity-task', activity: 'act', activitySeq: 2, attempt: 2, input: '[1]' }),
        failure,
      },
    ]);
    expect(letters(policy({ deadLetter: true }), second, due, timedOut, { type: 'WorkflowCompleted', data: {} })).toMatchObject([
      { failure: { type: 'ActivityTimedOut', cause: failure } },
    ]);
    expect(letters(policy({}), second, due, failed)).toEqual([]);
    const canceled: Recorded = { type: 'ActivityCanceled', data: { activitySeq: 2 } };
    expect(letters(policy({ deadLetter: true }), canceled)).toEqual([]);
  });

  it('is the announcement of a run for its start', () => {
    const history = recorded();
    expect(messagesOf({ runId: runId('r'), address, state: RunState.of(history) }, history)).toEqual([
      { kind: 'run-started', to: address, runId: 'r', started: history[0] },
    ]);
  });
});

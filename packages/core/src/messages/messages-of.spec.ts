import { describe, expect, it } from '@jest/globals';
import { type Recorded, recorded } from '../../test/recorded.js';
import { messagesOf, type Payload, RunState, runId } from '../index.js';

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

  it('is the announcement of a run for its start', () => {
    const history = recorded();
    expect(messagesOf({ runId: runId('r'), address, state: RunState.of(history) }, history)).toEqual([
      { kind: 'run-started', to: address, runId: 'r', started: history[0] },
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Recorded, recorded, startedWith } from '../../test/recorded.js';
import { type HistoryEvent, type Payload, RunState } from '../index.js';

const failure = { type: 'Error', message: 'no' };
const suspension = { reason: 'foreign-await', message: 'm' } as const;
const of = (...events: readonly Recorded[]) => RunState.of(recorded(...events));
const scheduled: Recorded = { type: 'ActivityScheduled', data: { activity: 'act' }, payload: '[1]' as Payload };
const signal = (n: number): Recorded => ({ type: 'SignalReceived', data: { n, name: 's' } });
const suspended = (unprocessedFrom: number): Recorded => ({ type: 'WorkflowSuspended', data: { suspension, unprocessedFrom } });

describe('RunState', () => {
  it('is Pending until something is decided, then Running', () => {
    expect(of()).toMatchObject({ status: 'Pending', lastSeq: 1, clockMs: 1_000, taken: 0, isOpen: true, runsCode: true });
    expect(of(signal(1)).status).toBe('Pending');
    for (const event of [
      scheduled,
      { type: 'TimerStarted', data: { firesAtMs: 1, durationMs: 1 } },
      { type: 'StepCompleted', data: { step: 1, name: 's' } },
      { type: 'StepFailed', data: { step: 1, name: 's', failure } },
    ] as const) {
      expect(of(event).status).toBe('Running');
    }
  });

  it.each([
    ['WorkflowCompleted', 'Completed', {}],
    ['WorkflowFailed', 'Failed', { failure }],
    ['WorkflowCanceled', 'Canceled', {}],
    ['WorkflowTimedOut', 'TimedOut', { runTimeoutMs: 1 }],
    ['WorkflowTerminated', 'Terminated', { n: 4 }],
    ['WorkflowContinuedAsNew', 'ContinuedAsNew', { newRunId: 'n' }],
  ] as const)('is closed by %s', (type, status, data) => {
    const state = of(scheduled, suspended(1), { type, data } as Recorded);
    expect(state).toMatchObject({ status, isOpen: false, runsCode: false, deferred: [] });
    expect(state.taken).toBe(type === 'WorkflowTerminated' ? 4 : 0);
  });

  it('knows its activities and what became of their attempts', () => {
    const state = of(scheduled);
    expect(state.activities.get(2)).toMatchObject({
      activity: 'act',
      input: '[1]',
      attempt: 1,
      isOffered: true,
      scheduledAtMs: 1_001,
      availableAtMs: 1_001,
      options: { taskQueue: 'default', startToCloseTimeoutMs: 600_000, retry: { attemptsMax: 10 } },
    });
    const retried = of(
      scheduled,
      { type: 'ActivityStarted', data: { activitySeq: 2, attempt: 1, worker: 'w' } },
      { type: 'ActivityRetryScheduled', data: { activitySeq: 2, attempt: 2, firesAtMs: 9_000, failure }, payload: '"half"' as Payload },
    );
    expect(retried.activities.get(2)).toMatchObject({
      attempt: 2,
      availableAtMs: 9_000,
      isOffered: false,
      lastFailure: failure,
      heartbeatDetails: '"half"',
      worker: undefined,
    });
    const due = of(scheduled, { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 2 } });
    expect(due.activities.get(2)?.isOffered).toBe(true);
  });

  it.each([
    ['ActivityCompleted', { activitySeq: 2, attempt: 1 }],
    ['ActivityFailed', { activitySeq: 2, attempt: 1, failure }],
    ['ActivityTimedOut', { activitySeq: 2, attempt: 1, timeout: 'lease' }],
    ['ActivityCanceled', { activitySeq: 2 }],
  ] as const)('forgets an activity with %s', (type, data) => {
    expect(of(scheduled, { type, data } as Recorded).activities.size).toBe(0);
  });

  it('passes over what is said of activities that it does not know', () => {
    for (const event of [
      { type: 'ActivityStarted', data: { activitySeq: 9, attempt: 1, worker: 'w' } },
      { type: 'ActivityRetryScheduled', data: { activitySeq: 9, attempt: 2, firesAtMs: 1, failure } },
      { type: 'ActivityRetryDue', data: { activitySeq: 9, attempt: 1 } },
    ] as const) {
      expect(of(event).activities.size).toBe(0);
    }
  });

  it('knows its timers', () => {
    const timer: Recorded = { type: 'TimerStarted', data: { firesAtMs: 5_000, durationMs: 1 } };
    expect([...of(timer).timers]).toEqual([[2, 5_000]]);
    expect(of(timer, { type: 'TimerFired', data: { timerSeq: 2 } }).timers.size).toBe(0);
    expect(of(timer, { type: 'TimerCanceled', data: { timerSeq: 2 } }).timers.size).toBe(0);
  });

  it('counts the requests that it has taken, and the characters of its payloads', () => {
    const state = of(signal(1), { type: 'CancelRequested', data: { n: 2 } }, { type: 'WorkflowResumed', data: { n: 3 } }, scheduled);
    expect(state).toMatchObject({ taken: 3, cancelRequested: true, payloadChars: 3 });
    expect(of(signal(1), { type: 'WorkflowResumed', data: {} }).taken).toBe(1);
  });

  describe('tells what the code is fed', () => {
    const fed = (history: readonly HistoryEvent[]) => {
      const state = new RunState();
      return history.map((event) => state.apply(event).map(({ seq }) => seq));
    };

    it('inputs, at once', () => {
      expect(fed(recorded(scheduled, signal(1), { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 1 } }))).toEqual([
        [1],
        [],
        [3],
        [],
      ]);
    });

    it('after a delay all that came before, once', () => {
      const elapsed: Recorded = { type: 'WorkflowStartDelayElapsed', data: {} };
      const resumed: Recorded = { type: 'WorkflowResumed', data: { n: 2 } };
      expect(fed(startedWith({ startDelayMs: 5 }, signal(1), resumed, elapsed, elapsed, resumed))).toEqual([[], [], [], [1, 2], [], []]);
    });

    it('after a suspension what was not processed, and what came meanwhile', () => {
      const resumed: Recorded = { type: 'WorkflowResumed', data: {} };
      expect(fed(recorded(signal(1), suspended(2), signal(2), resumed, resumed))).toEqual([[1], [2], [], [], [2, 4], []]);
      expect(fed(recorded(signal(1), suspended(3), signal(2), resumed))).toEqual([[1], [2], [], [], [4]]);
    });

    it('after a second suspension only what the first left over', () => {
      const resumed: Recorded = { type: 'WorkflowResumed', data: {} };
      const history = recorded(signal(1), suspended(2), signal(2), resumed, suspended(4), signal(3), resumed);
      expect(fed(history)).toEqual([[1], [2], [], [], [2, 4], [], [], [4, 7]]);
    });

    it('nothing while either holds it back', () => {
      const elapsed: Recorded = { type: 'WorkflowStartDelayElapsed', data: {} };
      const resumed: Recorded = { type: 'WorkflowResumed', data: {} };
      expect(fed(startedWith({ startDelayMs: 5 }, suspended(1), elapsed, resumed))).toEqual([[], [], [], [1]]);
      expect(fed(startedWith({ startDelayMs: 5 }, suspended(1), resumed, elapsed))).toEqual([[], [], [], [1]]);
      expect(fed(startedWith({ startDelayMs: 5 }, signal(1), suspended(3), elapsed, resumed))).toEqual([[], [], [], [], [1, 2]]);
    });
  });

  it('knows from where on inputs have no answer', () => {
    expect(of().unansweredFrom).toBe(1);
    expect(of(scheduled).unansweredFrom).toBe(3);
    expect(of(scheduled, signal(1)).unansweredFrom).toBe(3);
    expect(of(scheduled, signal(1), signal(2), signal(3)).unansweredFrom).toBe(3);
    expect(of(scheduled, ...Array.from({ length: 100 }, (_, i) => signal(i + 1))).unansweredFrom).toBe(83);
    expect(of(scheduled, signal(1), { type: 'ActivityStarted', data: { activitySeq: 2, attempt: 1, worker: 'w' } }).unansweredFrom).toBe(3);
  });
});

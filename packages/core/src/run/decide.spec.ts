import { describe, expect, it } from '@jest/globals';
import { type Recorded, recorded, startedWith } from '../../test/recorded.js';
import type { ActivityOptions, AttemptOutcome, Failure, Payload, RunRequest } from '../index.js';
import { RunState } from '../index.js';
import { decide } from './decide.js';
import type { RunInput } from './run-input.js';

const failure: Failure = { type: 'Error', message: 'no' };
const retry = { initialIntervalMs: 100, backoffCoefficient: 2, intervalMsMax: 1_000, attemptsMax: 3, nonRetryableErrors: ['Fatal'] };
const nowMs = 50_000;

/** An activity at seq 2, scheduled at 1,001. */
const scheduled = (options: Partial<ActivityOptions> = {}): Recorded => ({
  type: 'ActivityScheduled',
  data: { activity: 'act', retry, ...options },
});
const retryScheduled = (attempt: number): Recorded => ({
  type: 'ActivityRetryScheduled',
  data: { activitySeq: 2, attempt, firesAtMs: 2_000, failure },
});
const started = (attempt = 1): Recorded => ({ type: 'ActivityStarted', data: { activitySeq: 2, attempt, worker: 'w' } });
const completed: Recorded = { type: 'ActivityCompleted', data: { activitySeq: 2, attempt: 1 } };

const decided = (events: readonly Recorded[], input: RunInput) => decide(RunState.of(recorded(...events)), input, nowMs);
const finished = (outcome: AttemptOutcome, attempt = 1): RunInput => ({ kind: 'attempt-finished', activitySeq: 2, attempt, outcome });
const failed = (attempt = 1, more: Partial<Failure> = {}) => finished({ outcome: 'failed', failure: { ...failure, ...more } }, attempt);
const succeeded = (attempt = 1) => finished({ outcome: 'completed', result: '1' as Payload }, attempt);
const handedBack = (attempt = 1) => finished({ outcome: 'handed-back', reason: 'stops' }, attempt);
const timedOut = (attempt = 1): RunInput => ({ kind: 'attempt-timed-out', activitySeq: 2, attempt });
const announced = (attempt = 1): RunInput => ({ kind: 'attempt-announced', activitySeq: 2, attempt, worker: 'w' });
const retryDue = (attempt: number): RunInput => ({ kind: 'retry-due', activitySeq: 2, attempt });
const request = (more: object): RunInput => ({ kind: 'request', request: more as RunRequest });

describe('an attempt that succeeds', () => {
  it('is the outcome of its activity', () => {
    expect(decided([scheduled()], succeeded())).toEqual({
      type: 'ActivityCompleted',
      data: { activitySeq: 2, attempt: 1 },
      payload: '1',
    });
  });

  it('counts though a later attempt is under way, or waits for its time', () => {
    expect(decided([scheduled(), retryScheduled(2)], succeeded(1))).toMatchObject({ data: { attempt: 1 } });
  });

  it('is dropped once the activity has an outcome, or is none of this run', () => {
    expect(decided([scheduled(), completed], succeeded())).toBeUndefined();
    expect(decided([], succeeded())).toBeUndefined();
  });
});

describe('an attempt that fails', () => {
  it('is followed by another after its back-off', () => {
    expect(decided([scheduled()], failed())).toEqual({
      type: 'ActivityRetryScheduled',
      data: { activitySeq: 2, attempt: 2, firesAtMs: nowMs + 100, failure },
    });
    expect(decided([scheduled(), retryScheduled(2)], failed(2))).toMatchObject({ data: { attempt: 3, firesAtMs: nowMs + 200 } });
  });

  it.each([
    ['its attempts are used up', [scheduled(), retryScheduled(3)], failed(3)],
    ['it is of a type that no attempt follows', [scheduled()], failed(1, { type: 'Fatal' })],
    ['it says so', [scheduled()], failed(1, { nonRetryable: true })],
    ['no time is left for another', [scheduled({ scheduleToCloseTimeoutMs: nowMs - 1_001 + 100 })], failed()],
  ])('is the outcome of its activity when %s', (_, events, input) => {
    expect(decided(events, input)).toMatchObject({ type: 'ActivityFailed', data: { activitySeq: 2, failure: { message: 'no' } } });
  });

  it('counts as a time-out of its activity when it is told after the time of all attempts', () => {
    expect(decided([scheduled({ scheduleToCloseTimeoutMs: 10 })], failed())).toEqual({
      type: 'ActivityTimedOut',
      data: { activitySeq: 2, attempt: 1, timeout: 'scheduleToClose', lastFailure: failure },
    });
  });

  it('is dropped when it is not the current one', () => {
    expect(decided([scheduled(), retryScheduled(2)], failed(1))).toBeUndefined();
    expect(decided([scheduled()], failed(2))).toBeUndefined();
    expect(decided([scheduled(), completed], failed(1))).toBeUndefined();
  });

  it('hands the details of its last heartbeat to the next', () => {
    const withDetails = { ...failed(), heartbeatDetails: '"half"' as Payload } as RunInput;
    expect(decided([scheduled()], withDetails)).toMatchObject({ payload: '"half"' });
    const state = RunState.of(recorded(scheduled()));
    const activity = state.activities.get(2);
    if (activity) activity.heartbeatDetails = '"known"' as Payload;
    expect(decide(state, failed(), nowMs)).toMatchObject({ payload: '"known"' });
    expect(decide(state, withDetails, nowMs)).toMatchObject({ payload: '"half"' });
  });
});

describe('an attempt that is handed back', () => {
  it('is offered again after a second, as the same attempt', () => {
    expect(decided([scheduled({ retry: { ...retry, attemptsMax: 1 } })], handedBack())).toMatchObject({
      type: 'ActivityRetryScheduled',
      data: { attempt: 1, firesAtMs: nowMs + 1_000, failure: { type: 'HandedBack', message: 'stops' } },
    });
  });

  it('is handed back once', () => {
    expect(decided([scheduled(), retryScheduled(1)], handedBack())).toBeUndefined();
  });
});

describe('an attempt that runs out of time', () => {
  const overdue = scheduled({ startToCloseTimeoutMs: 10 });

  it('is followed by another', () => {
    expect(decided([overdue, started()], timedOut())).toMatchObject({
      type: 'ActivityRetryScheduled',
      data: { attempt: 2, failure: { type: 'ActivityTimedOut', message: 'attempt 1 ran out of its startToClose time' } },
    });
  });

  it('is the last one when no time or attempt is left', () => {
    const once = scheduled({ startToCloseTimeoutMs: 10, retry: { ...retry, attemptsMax: 1 } });
    expect(decided([once, started()], timedOut())).toEqual({
      type: 'ActivityTimedOut',
      data: { activitySeq: 2, attempt: 1, timeout: 'startToClose' },
    });
    expect(decided([scheduled({ scheduleToCloseTimeoutMs: 10 })], timedOut())).toMatchObject({ data: { timeout: 'scheduleToClose' } });
    expect(decided([scheduled({ scheduleToStartTimeoutMs: 10 })], timedOut())).toMatchObject({ data: { timeout: 'scheduleToStart' } });
  });

  it('says how the attempt before it failed', () => {
    const once = scheduled({ scheduleToCloseTimeoutMs: 10 });
    expect(decided([once, retryScheduled(2)], timedOut(2))).toMatchObject({ type: 'ActivityTimedOut', data: { lastFailure: failure } });
  });

  it('is left alone when something gave it more time meanwhile, or it is over', () => {
    expect(decided([scheduled({ scheduleToStartTimeoutMs: 10 }), started()], timedOut())).toBeUndefined();
    expect(decided([overdue, started(), retryScheduled(2)], timedOut(1))).toBeUndefined();
    expect(decided([overdue, completed], timedOut())).toBeUndefined();
  });

  it('may be reported by its worker', () => {
    const report = finished({ outcome: 'timed-out', timeout: 'heartbeat' });
    expect(decided([scheduled()], report)).toMatchObject({ type: 'ActivityRetryScheduled', data: { attempt: 2 } });
  });
});

describe('a back-off that is over', () => {
  it('offers the attempt, once', () => {
    const due = { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 2 } } as const;
    expect(decided([scheduled(), retryScheduled(2)], retryDue(2))).toEqual(due);
    expect(decided([scheduled(), retryScheduled(2), due], retryDue(2))).toBeUndefined();
    expect(decided([scheduled(), retryScheduled(3)], retryDue(2))).toBeUndefined();
    expect(decided([scheduled(), completed], retryDue(2))).toBeUndefined();
  });
});

describe('an announcement', () => {
  it('is recorded once for each attempt', () => {
    expect(decided([scheduled()], announced())).toEqual({ type: 'ActivityStarted', data: { activitySeq: 2, attempt: 1, worker: 'w' } });
    expect(decided([scheduled(), started()], announced())).toBeUndefined();
    expect(decided([scheduled(), retryScheduled(2)], announced(1))).toBeUndefined();
    expect(decided([scheduled(), completed], announced())).toBeUndefined();
  });
});

describe('a timer', () => {
  const timer: Recorded = { type: 'TimerStarted', data: { firesAtMs: 2_000, durationMs: 999 } };

  it('fires once, and not after it was canceled', () => {
    const due: RunInput = { kind: 'timer-due', timerSeq: 2 };
    const fired = { type: 'TimerFired', data: { timerSeq: 2 } } as const;
    expect(decided([timer], due)).toEqual(fired);
    expect(decided([timer, fired], due)).toBeUndefined();
    expect(decided([timer, { type: 'TimerCanceled', data: { timerSeq: 2 } }], due)).toBeUndefined();
    expect(decided([], due)).toBeUndefined();
  });
});

describe('a step', () => {
  it('is recorded with its outcome', () => {
    const step = { kind: 'step-finished', step: 1, name: 's', attempt: 1 } as const;
    expect(decided([], { ...step, outcome: { outcome: 'completed', result: '1' as Payload } })).toEqual({
      type: 'StepCompleted',
      data: { step: 1, name: 's' },
      payload: '1',
    });
    expect(decided([], { ...step, inputDigest: 'd', outcome: { outcome: 'failed', failure } })).toEqual({
      type: 'StepFailed',
      data: { step: 1, name: 's', inputDigest: 'd', failure },
    });
  });
});

describe('a request', () => {
  const signal = (n: number): Recorded => ({ type: 'SignalReceived', data: { n, name: 's' } });

  it.each([
    ['signal', { kind: 'signal', n: 1, name: 's', payload: '1' }, { type: 'SignalReceived', data: { n: 1, name: 's' }, payload: '1' }],
    ['cancel', { kind: 'cancel', n: 1 }, { type: 'CancelRequested', data: { n: 1 } }],
    ['cancel with a reason', { kind: 'cancel', n: 1, reason: 'r' }, { type: 'CancelRequested', data: { n: 1, reason: 'r' } }],
    ['resume', { kind: 'resume', n: 1 }, { type: 'WorkflowResumed', data: { n: 1 } }],
  ])('is recorded: %s', (_, asked, event) => {
    expect(decided([], request(asked))).toEqual(event);
  });

  it('is taken in the order of the numbers, each once', () => {
    for (const n of [1, 3]) expect(decided([signal(1)], request({ kind: 'signal', n, name: 's' }))).toBeUndefined();
    expect(decided([signal(1)], request({ kind: 'signal', n: 2, name: 's' }))).toMatchObject({ data: { n: 2 } });
  });

  it('to terminate is no event of its own', () => {
    expect(decided([], request({ kind: 'terminate', n: 1 }))).toBeUndefined();
  });
});

describe('a start', () => {
  it('that is delayed goes on when the delay is over, once', () => {
    const elapsed: Recorded = { type: 'WorkflowStartDelayElapsed', data: {} };
    const delayed = RunState.of(startedWith({ startDelayMs: 10 }));
    expect(decide(delayed, { kind: 'start-delay-elapsed' }, nowMs)).toEqual(elapsed);
    expect(decide(RunState.of(startedWith({ startDelayMs: 10 }, elapsed)), { kind: 'start-delay-elapsed' }, nowMs)).toBeUndefined();
    expect(decided([], { kind: 'start-delay-elapsed' })).toBeUndefined();
    expect(decided([], { kind: 'start' })).toBeUndefined();
  });
});

describe('a suspension', () => {
  const suspension = { reason: 'limit', message: 'm' } as const;
  const suspended: Recorded = { type: 'WorkflowSuspended', data: { suspension, unprocessedFrom: 3 } };

  it('happens once, from the input on that has no answer', () => {
    const input: RunInput = { kind: 'suspend', suspension };
    expect(decided([], input)).toEqual({ type: 'WorkflowSuspended', data: { suspension, unprocessedFrom: 1 } });
    expect(decided([scheduled()], input)).toMatchObject({ data: { unprocessedFrom: 3 } });
    expect(decided([scheduled(), completed], input)).toMatchObject({ data: { unprocessedFrom: 3 } });
    expect(decided([scheduled(), suspended], input)).toBeUndefined();
  });

  it('ends when another build takes the run up', () => {
    expect(decided([scheduled(), suspended], { kind: 'take-up' })).toEqual({ type: 'WorkflowResumed', data: {} });
    expect(decided([scheduled()], { kind: 'take-up' })).toBeUndefined();
  });
});

it('says nothing of a run’s time-out, which is no event of its own', () => {
  expect(decided([], { kind: 'run-timed-out' })).toBeUndefined();
});

describe('an attempt that is deferred', () => {
  const deferred: Recorded = { type: 'ActivityDeferred', data: { activitySeq: 2, attempt: 1 } };
  const defer: RunInput = { kind: 'attempt-deferred', activitySeq: 2, attempt: 1 };

  it('is so once, whether it was announced or not', () => {
    expect(decided([scheduled()], defer)).toEqual(deferred);
    expect(decided([scheduled(), started()], { ...defer, heartbeatDetails: '7' as Payload })).toEqual({ ...deferred, payload: '7' });
    expect(decided([scheduled(), deferred], defer)).toBeUndefined();
  });

  it('is not, when its outcome came first, or it is over', () => {
    expect(decided([scheduled(), completed], defer)).toBeUndefined();
    expect(decided([scheduled(), retryScheduled(2)], defer)).toBeUndefined();
  });

  it('is nobody’s to announce or to claim', () => {
    expect(decided([scheduled(), started(), deferred], announced())).toBeUndefined();
    expect(decided([scheduled(), deferred], { kind: 'attempt-claimed', activitySeq: 2, attempt: 1, worker: 'w' })).toBeUndefined();
  });

  it('runs out of its time, and is followed by another, which is not deferred', () => {
    const short = scheduled({ startToCloseTimeoutMs: 1_000 });
    expect(decided([short, started(), deferred], timedOut())).toMatchObject({ type: 'ActivityRetryScheduled', data: { attempt: 2 } });
    expect(decided([scheduled(), deferred], timedOut())).toBeUndefined();
    expect(
      decided([scheduled(), deferred, retryScheduled(2), { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 2 } }], announced(2)),
    ).toMatchObject({
      type: 'ActivityStarted',
    });
  });
});

describe('an outcome that a token brings', () => {
  const deferred: Recorded = { type: 'ActivityDeferred', data: { activitySeq: 2, attempt: 1 } };
  const complete = (attempt = 1) => request({ kind: 'complete-activity', n: 1, activitySeq: 2, attempt, payload: '1' });
  const fail = (attempt = 1, more = {}) =>
    request({ kind: 'fail-activity', n: 1, activitySeq: 2, attempt, failure: { ...failure, ...more } });
  const dropped = (attempt: number) => ({ type: 'ActivityCompletionDropped', data: { activitySeq: 2, attempt, n: 1 } });

  it('is as good before the attempt is deferred as after it', () => {
    for (const events of [[scheduled()], [scheduled(), started()], [scheduled(), started(), deferred]]) {
      expect(decided(events, complete())).toEqual({ type: 'ActivityCompleted', data: { activitySeq: 2, attempt: 1, n: 1 }, payload: '1' });
      expect(decided(events, fail(1, { nonRetryable: true }))).toMatchObject({ type: 'ActivityFailed', data: { attempt: 1, n: 1 } });
    }
  });

  it('is taken from an earlier attempt when it is a success, and written down as too late when it is a failure', () => {
    expect(decided([scheduled(), deferred, retryScheduled(2)], complete(1))).toMatchObject({
      type: 'ActivityCompleted',
      data: { attempt: 1 },
    });
    expect(decided([scheduled(), deferred, retryScheduled(2)], fail(1))).toEqual(dropped(1));
  });

  it('is followed by another attempt when it is a failure that may be retried', () => {
    expect(decided([scheduled(), deferred], fail())).toEqual({
      type: 'ActivityRetryScheduled',
      data: { activitySeq: 2, attempt: 2, firesAtMs: nowMs + 100, failure, n: 1 },
    });
  });

  it('is written down as too late when the activity is over', () => {
    expect(decided([scheduled(), completed], complete())).toEqual(dropped(1));
    expect(decided([scheduled(), { type: 'ActivityCanceled', data: { activitySeq: 2 } }], fail())).toEqual(dropped(1));
  });

  it('counts as a request that was taken', () => {
    for (const input of [complete(), fail(), complete(2)]) {
      const event = decided([scheduled(), deferred], input) as Recorded;
      expect(RunState.of(recorded(scheduled(), deferred, event)).taken).toBe(1);
    }
    expect(RunState.of(recorded(scheduled(), completed, dropped(1) as Recorded)).taken).toBe(1);
  });
});

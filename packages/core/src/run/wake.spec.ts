import { describe, expect, it } from '@jest/globals';
import { type Recorded, recorded, startedWith } from '../../test/recorded.js';
import { type ActivityOptions, RunState } from '../index.js';
import { beginLeases, reclaimAttempts, renewLease } from './lease.js';
import { leaseMs, nextTimeout, type PendingActivity } from './pending-activity.js';
import { nextAttemptAtMs } from './retry.js';
import { dueInputs, nextWakeMs } from './wake.js';

const failure = { type: 'Error', message: 'no' };

/** The activity at seq 2, scheduled at 1,001. */
function activity(options: Partial<ActivityOptions> = {}, ...events: readonly Recorded[]): PendingActivity {
  const state = RunState.of(recorded({ type: 'ActivityScheduled', data: { activity: 'act', ...options } }, ...events));
  return state.activities.get(2) as PendingActivity;
}
const started: Recorded = { type: 'ActivityStarted', data: { activitySeq: 2, attempt: 1, worker: 'w' }, at: 2_000 };
const retryAt = (firesAtMs: number): Recorded => ({
  type: 'ActivityRetryScheduled',
  data: { activitySeq: 2, attempt: 2, firesAtMs, failure },
  at: 3_000,
});

describe('the next time-out of an activity', () => {
  const all = { scheduleToStartTimeoutMs: 100, startToCloseTimeoutMs: 200, scheduleToCloseTimeoutMs: 10_000, heartbeatTimeoutMs: 50 };

  it('is the start’s until it has started', () => {
    expect(nextTimeout(activity(all))).toEqual({ timeout: 'scheduleToStart', atMs: 1_101 });
    expect(nextTimeout(activity({ startToCloseTimeoutMs: 200, heartbeatTimeoutMs: 50 }))).toBeUndefined();
  });

  it('is the heartbeat’s after it has started, counted from the last one', () => {
    const running = activity({ ...all, startToCloseTimeoutMs: 20_000 }, started);
    expect(nextTimeout(running)).toEqual({ timeout: 'heartbeat', atMs: 6_050 });
    renewLease(running, 2_040, {});
    expect(nextTimeout(running)).toEqual({ timeout: 'heartbeat', atMs: 6_090 });
    renewLease(running, 2_060);
    expect(nextTimeout(running)).toEqual({ timeout: 'heartbeat', atMs: 6_090 });
  });

  it('is that of the attempt, or of the whole activity, whichever comes first', () => {
    expect(nextTimeout(activity({ startToCloseTimeoutMs: 200 }, started))).toEqual({ timeout: 'startToClose', atMs: 2_200 });
    expect(nextTimeout(activity({ scheduleToCloseTimeoutMs: 500 }))).toEqual({ timeout: 'scheduleToClose', atMs: 1_501 });
    expect(nextTimeout(activity({ scheduleToCloseTimeoutMs: 1_100, startToCloseTimeoutMs: 200 }, started))).toMatchObject({
      timeout: 'scheduleToClose',
    });
  });

  it('is the lease’s when its worker falls silent', () => {
    const running = activity({ startToCloseTimeoutMs: 60_000 }, started);
    renewLease(running, 5_000);
    expect(nextTimeout(running)).toEqual({ timeout: 'lease', atMs: 5_000 + leaseMs });
  });

  it('of a further attempt counts from when it may be taken', () => {
    const again = activity({ scheduleToStartTimeoutMs: 100, startToCloseTimeoutMs: 200, heartbeatTimeoutMs: 50 }, started, retryAt(4_000));
    expect(nextTimeout(again)).toEqual({ timeout: 'scheduleToStart', atMs: 4_100 });
    expect(again).toMatchObject({ startedAtMs: undefined, isOffered: false, lease: { untilMs: undefined } });
  });
});

describe('the back-off', () => {
  const after = (attempt: number, retry: object) => {
    const policy = {
      initialIntervalMs: 100,
      backoffCoefficient: 3,
      intervalMsMax: 1_000,
      attemptsMax: 100,
      nonRetryableErrors: [],
      ...retry,
    };
    return nextAttemptAtMs(policy, attempt, failure, 0, Number.POSITIVE_INFINITY);
  };

  it('grows by its coefficient up to its maximum', () => {
    expect([1, 2, 3, 4, 99].map((attempt) => after(attempt, {}))).toEqual([100, 300, 900, 1_000, 1_000]);
    expect(after(50, { backoffCoefficient: 1 })).toBe(100);
    expect(after(2, { initialIntervalMs: 1, backoffCoefficient: 1.5 })).toBe(2);
  });

  it('ends with the last attempt', () => {
    expect(after(3, { attemptsMax: 3 })).toBeUndefined();
    expect(after(2_000, { attemptsMax: Number.MAX_SAFE_INTEGER })).toBe(1_000);
  });
});

describe('the instant at which time alone moves a run', () => {
  const wake = (...events: readonly Recorded[]) => nextWakeMs(RunState.of(recorded(...events)));
  const timer = (firesAtMs: number): Recorded => ({ type: 'TimerStarted', data: { firesAtMs, durationMs: 1 } });

  it('is the earliest of all', () => {
    expect(wake()).toBeUndefined();
    expect(wake(timer(5_000), timer(4_000))).toBe(4_000);
    expect(wake(timer(5_000), timer(4_000), { type: 'TimerFired', data: { timerSeq: 3 } })).toBe(5_000);
    const scheduled: Recorded = { type: 'ActivityScheduled', data: { activity: 'act', scheduleToCloseTimeoutMs: 9_000 } };
    expect(wake(scheduled)).toBe(10_001);
    expect(wake(scheduled, retryAt(4_000))).toBe(4_000);
    expect(wake(scheduled, retryAt(4_000), { type: 'ActivityRetryDue', data: { activitySeq: 2, attempt: 2 } })).toBe(10_001);
  });

  it('may be the end of a delay, or of the run', () => {
    expect(nextWakeMs(RunState.of(startedWith({ startDelayMs: 50 })))).toBe(1_050);
    expect(nextWakeMs(RunState.of(startedWith({ runTimeoutMs: 70 })))).toBe(1_070);
    expect(
      nextWakeMs(RunState.of(startedWith({ startDelayMs: 50, runTimeoutMs: 70 }, { type: 'WorkflowStartDelayElapsed', data: {} }))),
    ).toBe(1_120);
  });

  it('is none once the run has closed', () => {
    expect(wake(timer(4_000), { type: 'WorkflowCompleted', data: {} })).toBeUndefined();
  });
});

describe('what time has brought', () => {
  it('comes in the order in which it fell due, the end of the run last', () => {
    const state = RunState.of(
      startedWith(
        { runTimeoutMs: 3_000 },
        { type: 'TimerStarted', data: { firesAtMs: 5_000, durationMs: 1 } },
        { type: 'TimerStarted', data: { firesAtMs: 2_000, durationMs: 1 } },
        { type: 'ActivityScheduled', data: { activity: 'act', scheduleToCloseTimeoutMs: 2_000 } },
        { type: 'TimerStarted', data: { firesAtMs: 9_000, durationMs: 1 } },
      ),
    );
    expect(dueInputs(state, 6_000, 6_000)).toEqual([
      { kind: 'timer-due', timerSeq: 3 },
      { kind: 'attempt-timed-out', activitySeq: 4, attempt: 1 },
      { kind: 'timer-due', timerSeq: 2 },
      { kind: 'run-timed-out' },
    ]);
  });

  it('includes no deadline of an attempt that the stream has not been read up to', () => {
    const scheduled: Recorded = { type: 'ActivityScheduled', data: { activity: 'act', startToCloseTimeoutMs: 100 } };
    const state = RunState.of(recorded(scheduled, started, { type: 'TimerStarted', data: { firesAtMs: 2_050, durationMs: 1 } }));
    expect(dueInputs(state, 9_000, 2_099)).toEqual([{ kind: 'timer-due', timerSeq: 4 }]);
    expect(dueInputs(state, 9_000, 2_100)).toHaveLength(2);
    expect(dueInputs(state, 2_099, 9_000)).toHaveLength(1);
  });

  it('includes the end of a delay and of a back-off', () => {
    expect(dueInputs(RunState.of(startedWith({ startDelayMs: 50 })), 1_050, 0)).toEqual([{ kind: 'start-delay-elapsed' }]);
    const scheduled: Recorded = { type: 'ActivityScheduled', data: { activity: 'act' } };
    expect(dueInputs(RunState.of(recorded(scheduled, retryAt(4_000))), 4_000, 0)).toEqual([
      { kind: 'retry-due', activitySeq: 2, attempt: 2 },
    ]);
  });
});

describe('leases', () => {
  const state = () =>
    RunState.of(
      recorded(
        { type: 'ActivityScheduled', data: { activity: 'act' } },
        started,
        { type: 'ActivityScheduled', data: { activity: 'other' } },
        { type: 'ActivityScheduled', data: { activity: 'waits' } },
        { type: 'ActivityRetryScheduled', data: { activitySeq: 5, attempt: 2, firesAtMs: 9_000, failure } },
      ),
    );

  it('begin anew with a new owner, for attempts that were announced', () => {
    const known = state();
    beginLeases(known, 7_000);
    expect([...known.activities.values()].map(({ lease }) => lease.untilMs)).toEqual([7_000 + leaseMs, undefined, undefined]);
  });

  it('end with the workers that held them, whose attempts are to be offered again', () => {
    const known = state();
    beginLeases(known, 7_000);
    expect(reclaimAttempts(known).map(({ seq }) => seq)).toEqual([2, 4]);
    expect(known.activities.get(2)).toMatchObject({ startedAtMs: undefined, worker: undefined, lease: { untilMs: undefined } });
  });
});

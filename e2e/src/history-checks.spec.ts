import { describe, expect, it } from '@jest/globals';
import { type HistoryEntry, historyViolations, outcomeMismatches } from './history-checks.js';

const entry = (seq: number, type: string, data: HistoryEntry['data'] = {}, second = seq): HistoryEntry => ({
  seq,
  type,
  at: new Date(Date.UTC(2024, 0, 1, 0, 0, second)).toISOString(),
  data,
});

const good: readonly HistoryEntry[] = [
  entry(1, 'WorkflowStarted', { input: 1 }),
  entry(2, 'ActivityScheduled', { activity: 'charge' }),
  entry(3, 'TimerStarted', { durationMs: 5 }),
  entry(4, 'ActivityRetryScheduled', { activitySeq: 2, attempt: 2 }),
  entry(5, 'SignalReceived', { n: 1, name: 'go' }),
  entry(6, 'ActivityRetryDue', { activitySeq: 2, attempt: 2 }),
  entry(7, 'StepCompleted', { step: 1, name: 'look' }),
  entry(8, 'TimerFired', { timerSeq: 3 }),
  entry(9, 'ActivityCompleted', { activitySeq: 2, attempt: 2, result: 'paid' }),
  entry(10, 'CancelRequested', { n: 2 }),
  entry(11, 'WorkflowCompleted', { result: { paid: true } }),
];

/** The good history with one event replaced, and the seqs of the rest as they were. */
const replaced = (seq: number, type: string, data: HistoryEntry['data']): readonly HistoryEntry[] =>
  good.map((event) => (event.seq === seq ? entry(seq, type, data) : event));

describe('historyViolations', () => {
  it('finds none in a history that holds', () => expect(historyViolations(good)).toEqual([]));
  it('finds none in a history of an open run', () => expect(historyViolations(good.slice(0, 6))).toEqual([]));

  it.each<[string, readonly HistoryEntry[], RegExp]>([
    ['a gap', good.toSpliced(4, 1), /event 5 has seq 6 \(H1\)/],
    ['an event that is there twice', good.toSpliced(4, 0, good[4] as HistoryEntry), /event 6 has seq 5 \(H1\)/],
    ['time that goes back', good.toSpliced(4, 1, entry(5, 'SignalReceived', { n: 1 }, 0)), /time goes back at 5 SignalReceived/],
    ['no start', good.slice(1), /the first event is ActivityScheduled \(H2\)/],
    ['nothing at all', [], /the first event is missing \(H2\)/],
    ['an event after the end', [...good, entry(12, 'SignalReceived', { n: 3 })], /12 SignalReceived follows the closing event \(H2\)/],
    ['two ends', [...good, entry(12, 'WorkflowFailed')], /12 WorkflowFailed follows the closing event \(H2\)/],
    [
      'two outcomes of an activity',
      replaced(8, 'ActivityCompleted', { activitySeq: 2 }),
      /ActivityScheduled 2 has 2 outcomes: ActivityCompleted, ActivityCompleted \(H3\)/,
    ],
    ['an outcome of no activity', replaced(9, 'ActivityCompleted', { activitySeq: 3 }), /9 ActivityCompleted is about 3/],
    ['two outcomes of a timer', replaced(9, 'TimerCanceled', { timerSeq: 3 }), /TimerStarted 3 has 2 outcomes: TimerFired, TimerCanceled/],
    ['an outcome of no timer', replaced(8, 'TimerFired', { timerSeq: 2 }), /8 TimerFired is about 2/],
    ['two outcomes of a step', replaced(8, 'StepFailed', { step: 1 }), /8 StepFailed: step 1 has another outcome before \(H3\)/],
    ['a request that is there twice', replaced(10, 'SignalReceived', { n: 1 }), /10 SignalReceived has number 1, not 2 \(H4\)/],
    ['a request that is missing', replaced(5, 'SignalReceived', { n: 2 }), /5 SignalReceived has number 2, not 1 \(H4\)/],
    ['an attempt that is missing', replaced(4, 'ActivityRetryScheduled', { activitySeq: 2, attempt: 3 }), /4: attempt 3 follows attempt 1/],
  ])('finds %s', (_, history, violation) => {
    expect(historyViolations(history).join('\n')).toMatch(violation);
  });
});

describe('outcomeMismatches', () => {
  it('finds none when result and history agree', () => {
    expect(outcomeMismatches(good, { status: 'Completed', result: { paid: true } })).toEqual([]);
  });

  it.each([
    ['another result', { status: 'Completed', result: { paid: false } }, /the result is {"paid":false}, and the history has {"paid":true}/],
    ['no result', { status: 'Completed' }, /the result is undefined/],
    ['another status', { status: 'Failed' }, /the outcome is Failed, and the history ends with WorkflowCompleted/],
    ['a failure', { status: 'Completed', result: { paid: true }, failure: { type: 'Error' } }, /the failure is {"type":"Error"}/],
  ])('finds %s', (_, outcome, mismatch) => {
    expect(outcomeMismatches(good, outcome).join('\n')).toMatch(mismatch);
  });

  it('finds that a run is said to have ended which has not', () => {
    expect(outcomeMismatches(good.slice(0, 5), { status: 'Completed' })).toEqual([
      'the outcome is Completed, and the history has no closing event',
    ]);
  });
});

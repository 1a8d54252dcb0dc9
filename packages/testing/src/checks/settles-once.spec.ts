import { expect, it } from '@jest/globals';
import type { HistoryEvent } from '@marathon/core';
import type { CheckedRun } from './check-run.js';
import { settlesOnce } from './settles-once.js';

/** A timer fires, and the code that was stopped gives it up when it goes on: `from` is where what it was not fed begins. */
const givenUp = (from: number): CheckedRun => {
  const suspension = { reason: 'foreign-await', message: 'awaits a timer' } as const;
  const history: HistoryEvent[] = [
    { seq: 1, type: 'WorkflowStarted', at: 0, data: { workflow: 'work', workflowId: 'w', taskQueue: 'default' } },
    { seq: 2, type: 'TimerStarted', at: 0, data: { firesAtMs: 1, durationMs: 1 } },
    { seq: 3, type: 'SignalReceived', at: 1, data: { n: 1, name: 'go' } },
    { seq: 4, type: 'TimerFired', at: 1, data: { timerSeq: 2 } },
    { seq: 5, type: 'WorkflowSuspended', at: 1, data: { suspension, unprocessedFrom: from } },
    { seq: 6, type: 'WorkflowResumed', at: 2, data: { n: 2 } },
    { seq: 7, type: 'TimerCanceled', at: 2, data: { timerSeq: 2 } },
  ];
  return { row: {} as CheckedRun['row'], history, accepted: [] };
};

it('lets code give up what was over before it was stopped, and that it was not told', () => {
  expect(settlesOnce(givenUp(3))).toEqual([]);
});

it('finds code that gives up what it had been told to be over', () => {
  expect(settlesOnce(givenUp(5))).toEqual(['event 7 (TimerCanceled): 2 is over, or never began']);
});

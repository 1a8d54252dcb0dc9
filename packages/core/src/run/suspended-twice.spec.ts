import { expect, it } from '@jest/globals';
import type { HistoryEvent } from '../history/event.js';
import { RunState } from './run-state.js';

it('gives the code what it has not answered once, however often it is suspended and resumed', () => {
  const suspension = { reason: 'foreign-await', message: 'awaits a timer' } as const;
  const history: HistoryEvent[] = [
    { seq: 1, type: 'WorkflowStarted', at: 0, data: { workflow: 'work', workflowId: 'w', taskQueue: 'default', startDelayMs: 1 } },
    { seq: 2, type: 'UpdateReceived', at: 0, data: { n: 1, updateId: 'u', name: 'add' } },
    { seq: 3, type: 'WorkflowStartDelayElapsed', at: 1, data: {} },
    { seq: 4, type: 'WorkflowSuspended', at: 1, data: { suspension, unprocessedFrom: 1 } },
    { seq: 5, type: 'WorkflowResumed', at: 2, data: { n: 2 } },
    { seq: 6, type: 'WorkflowSuspended', at: 2, data: { suspension, unprocessedFrom: 1 } },
  ];
  const fed = RunState.of(history).apply({ seq: 7, type: 'WorkflowResumed', at: 3, data: { n: 3 } });
  expect(fed.map(({ seq }) => seq)).toEqual([1, 2]);
});

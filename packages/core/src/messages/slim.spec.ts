import { expect, it } from '@jest/globals';
import { type HistoryEvent, type Message, type RunEventsMessage, runId } from '../index.js';
import { slim } from './slim.js';

const event = { seq: 1, type: 'WorkflowStarted', at: 0, data: {} } as unknown as HistoryEvent;
const run = { runId: runId('r'), workflowId: 'w', workflow: 'order' };
const events: RunEventsMessage = { kind: 'run-events', runs: [{ ...run, events: [event] }] };

it('keeps of events for watchers whose they are, once', () => {
  const slimmed = slim(events);
  expect(slimmed).toEqual({ kind: 'run-events', runs: [{ ...run, events: [] }] });
  expect(slim(slimmed as Message)).toBeUndefined();
});

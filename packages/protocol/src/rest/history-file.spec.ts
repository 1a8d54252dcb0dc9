import { describe, expect, it } from '@jest/globals';
import { type HistoryEvent, recordedPayload } from '@marathon/core';
import { HistoryFileError, readHistoryFile, writeHistoryFile } from './history-file.js';
import type { WorkflowSummary } from './list-workflows.js';

const run: WorkflowSummary = {
  workflowId: 'o-1',
  runId: '01939d1e-8b51-7d42-8a7f-3c7b1d6e5f22',
  workflow: 'order',
  status: 'Running',
  taskQueue: 'orders',
  startedAt: '2025-11-21T08:00:00.123Z',
  lastSeq: 3,
};
const input = recordedPayload('{"z":[-0,1e999,12345678901234567890,1.10,0.1],"a":"\\ud800\\u0000","__proto__":null}');
const failure = { type: 'Declined', message: 'no', details: recordedPayload('{"code":-0}') };
const events: readonly HistoryEvent[] = [
  { seq: 1, type: 'WorkflowStarted', at: 5, data: { workflow: 'order', workflowId: 'o-1', taskQueue: 'orders' }, payload: input },
  { seq: 2, type: 'ActivityScheduled', at: 6, data: { activity: 'charge' } as never },
  { seq: 3, type: 'ActivityFailed', at: 7, data: { activitySeq: 2, attempt: 1, failure } },
];

async function textOf(written: readonly HistoryEvent[] = events, of = run): Promise<string> {
  let text = '';
  for await (const piece of writeHistoryFile(of, written)) text += piece;
  return text;
}

describe('a history file', () => {
  it('gives back the run and its events, payloads to the letter', async () => {
    expect(readHistoryFile(await textOf())).toEqual({ run, events });
  });

  it('has an event on each line', async () => {
    const lines = (await textOf()).trimEnd().split('\n');
    expect(lines).toHaveLength(events.length + 2);
    expect(lines[1]).toContain('"payload":{"z":[-0,1e999,');
  });

  it.each([
    ['nothing', () => '', 'no history file'],
    ['another JSON', () => '{}', 'format'],
    ['another version', (text: string) => text.replace('"version":1', '"version":2'), 'version'],
    ['an unknown event', (text: string) => text.replace('ActivityFailed', 'ActivityForgotten'), 'events.2.type'],
    ['a text cut off', (text: string) => text.slice(0, -20), 'no history file'],
  ])('refuses %s', async (_, change, part) => {
    const text = change(await textOf());
    expect(() => readHistoryFile(text)).toThrow(HistoryFileError);
    expect(() => readHistoryFile(text)).toThrow(part);
  });

  it('refuses what is not the whole history', async () => {
    await expect(textOf(events.slice(0, 2)).then(readHistoryFile)).rejects.toThrow('ends at event 2 of 3');
    await expect(textOf([events[0]!, events[2]!]).then(readHistoryFile)).rejects.toThrow('event 2 is missing');
  });
});

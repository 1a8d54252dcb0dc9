import type { RunEventsMessage } from '@marathon/core';
import { eventsTopic } from '../../../topics.js';
import type { Codec } from '../../codec.js';
import { readHistoryEvent, writeHistoryEvent } from '../../parts/history-event.js';
import { withMember } from '../../parts/json-text.js';
import { runEventsV1 } from './schema.js';

export const runEventsCodecV1: Codec<RunEventsMessage, typeof runEventsV1> = {
  type: 'run-events',
  version: 1,
  schema: runEventsV1,
  encode({ kind, runs }) {
    const value = withMember(JSON.stringify({ type: kind, v: 1 }), 'runs', `[${runs.map(writeRun).join()}]`);
    return { topic: eventsTopic, key: runs[0]?.runId ?? '', value };
  },
  decode: ({ type, runs }) => ({ kind: type, runs: runs.map((run) => ({ ...run, events: run.events.map(readHistoryEvent) })) }),
};

function writeRun({ events, ...run }: RunEventsMessage['runs'][number]): string {
  return withMember(JSON.stringify(run), 'events', `[${events.map(writeHistoryEvent).join()}]`);
}

import { type HistoryEvent, MarathonError } from '@marathon/core';
import { z } from 'zod';
import { historyEventField, readHistoryEvent, writeHistoryEvent } from '../messages/parts/history-event.js';
import { WorkflowSummary } from './list-workflows.js';

/**
 * `GET /workflows/{workflowId}/history?format=file`: a whole history in one JSON text, as tests replay it.
 *
 *  F1  Payloads stand in it as the JSON values that were recorded. Numbers keep their digits: `-0` and `1e999` come back.
 *  F2  Readers pass over fields that they do not know; what an older reader would misread takes another `version`.
 */
export const HistoryFile = z
  .object({
    format: z.literal('marathon-history'),
    version: z.literal(1),
    run: WorkflowSummary.describe('The run as it was when the history was read.'),
    events: z.array(historyEventField).min(1).describe('From seq 1, without gaps, up to `run.lastSeq`.'),
  })
  .meta({ id: 'HistoryFile' });
export type HistoryFile = z.output<typeof HistoryFile>;

/** A run with all that happened in it. */
export interface RunHistory {
  readonly run: WorkflowSummary;
  readonly events: readonly HistoryEvent[];
}

/** A text is no history file, or of a version that this build does not know. The message says where. */
export class HistoryFileError extends MarathonError {
  readonly code = 'MARATHON_HISTORY_FILE_INVALID';
}

/** The text of a history file in pieces, an event on each line. Reads on only when asked for more. */
export async function* writeHistoryFile(
  run: WorkflowSummary,
  events: AsyncIterable<HistoryEvent> | Iterable<HistoryEvent>,
): AsyncGenerator<string, void> {
  yield `{"format":"marathon-history","version":1,"run":${JSON.stringify(run)},"events":[`;
  let separator = '\n';
  for await (const event of events) {
    yield separator + writeHistoryEvent(event);
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** @throws HistoryFileError when the text is none, or was cut off. */
export function readHistoryFile(text: string): RunHistory {
  const parsed = HistoryFile.safeParse(parse(text));
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new HistoryFileError(`this is no history file of version 1: ${issues.join('; ')}`);
  }
  const { run, events } = parsed.data;
  const gap = events.findIndex(({ seq }, i) => seq !== i + 1);
  if (gap !== -1) throw new HistoryFileError(`events.${gap}.seq is ${events[gap]?.seq}: event ${gap + 1} is missing`);
  if (events.length < run.lastSeq) throw new HistoryFileError(`the file ends at event ${events.length} of ${run.lastSeq}`);
  return { run, events: events.map(readHistoryEvent) };
}

/** What JSON can do to keep the text of a number; TypeScript's library does not describe it yet. */
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
};

function parse(text: string): unknown {
  try {
    return json.parse(text, (_, value, { source }) =>
      typeof value === 'number' && source !== undefined && source !== String(value) ? json.rawJSON(source) : value,
    );
  } catch (cause) {
    throw new HistoryFileError(`this is no history file: ${(cause as Error).message}`, { cause });
  }
}

import { type EventType, eventCodes } from '@marathon/core';
import { z } from 'zod';
import { Instant, integerParameter, JsonObject, RunIdText } from './fields.js';

const seqMax = 2_147_483_647;

/** The query of `GET /workflows/{workflowId}/history` */
export const HistoryQuery = z
  .strictObject({
    runId: RunIdText.optional(),
    after: integerParameter(0, seqMax).optional().describe('Only events with a higher seq.'),
    limit: integerParameter(1, 1_000).optional().describe('How many, at most. Default: 100.'),
    format: z.literal('file').optional().describe('The whole history as a file that tests replay; without, a page of it.'),
  })
  .superRefine(({ after, limit, format }, { addIssue }) => {
    if (format === undefined) return;
    for (const [name, value] of Object.entries({ after, limit }))
      if (value !== undefined)
        addIssue({ code: 'custom', path: [name], message: 'does not go with format=file, which gives the whole history' });
  });

/** The query of `GET /workflows/{workflowId}/events` */
export const EventsQuery = z.strictObject({
  runId: RunIdText.optional(),
  after: integerParameter(0, seqMax).optional().describe('Only events with a higher seq. The header Last-Event-ID goes before it.'),
});

/** Where a payload can be read that is too large to stand in a history. */
export const PayloadAddress = z
  .object({
    url: z.string().describe('A path of the gateway, good for an hour: `GET` gives the JSON, byte for byte.'),
    sha256: z.string(),
    bytes: z.int(),
  })
  .meta({ id: 'PayloadAddress' });
export type PayloadAddress = z.output<typeof PayloadAddress>;

export const HistoryEntry = z
  .object({
    seq: z.int().describe('From 1, without gaps.'),
    type: z.enum(Object.keys(eventCodes) as [EventType, ...EventType[]]),
    at: Instant,
    data: JsonObject.describe(
      'What there is to say about such an event, with its `input`, `result`, `payload` or `heartbeatDetails`; of one that has more than 256 Ki characters a `PayloadAddress`: `inputAddress`, and so on.',
    ),
  })
  .meta({ id: 'HistoryEntry' });
export interface HistoryEntry extends z.output<typeof HistoryEntry> {}

/** `GET /workflows/{workflowId}/history` */
export const HistoryPage = z
  .object({ events: z.array(HistoryEntry), next: z.int().optional().describe('The `after` of the next page; absent on the last one.') })
  .meta({ id: 'HistoryPage' });
export type HistoryPage = z.output<typeof HistoryPage>;

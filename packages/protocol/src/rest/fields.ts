import { type Duration, DurationError, durationMs, type RunStatus, runStatuses } from '@marathon/core';
import { z } from 'zod';
import { taskQueuePattern } from '../topics.js';

/**
 * What workflows, workflow ids and signals may be called: 1–200 characters, none of them a control character or half of a
 * surrogate pair. `.` and `..` are none: no client can send them as a segment of a path.
 */
export const Name = z
  .string()
  .regex(/^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]{1,200}$/u, 'must have 1 to 200 characters, without control characters')
  .meta({ id: 'Name' });

export const TaskQueue = z
  .string()
  .regex(taskQueuePattern, 'must have 1 to 200 of the characters a-z, A-Z, 0-9, ".", "_" and "-"')
  .meta({ id: 'TaskQueue' });

export const RunIdText = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID in small letters')
  .meta({ id: 'RunId' });

/** As in `500ms`, `30s`, `5m`, `2h`, `1d`; at most `3650d`. */
export const DurationText = z
  .custom<Duration>((value) => refusalOf(value) === undefined, { error: ({ input }) => refusalOf(input), abort: true })
  .meta({ id: 'Duration', type: 'string', pattern: '^\\d{1,12}(ms|s|m|h|d)$', examples: ['500ms', '30s', '5m', '2h', '1d'] });

function refusalOf(value: unknown): string | undefined {
  try {
    durationMs((typeof value === 'string' ? value : `${JSON.stringify(value)}`).slice(0, 100));
    return undefined;
  } catch (error) {
    if (error instanceof DurationError) return error.message;
    throw error;
  }
}

/** ISO 8601, UTC, with milliseconds. */
export const Instant = z.string().meta({ id: 'Instant', format: 'date-time', examples: ['2025-11-21T08:00:00.123Z'] });

export const JsonValue = z.unknown().meta({ description: 'Any JSON value.' });

/** Taken as it is, keys included. */
export const JsonObject = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .meta({ type: 'object' });

export const Status = z.enum(runStatuses as [RunStatus, ...RunStatus[]]).meta({ id: 'Status' });

/** 1 to 200 characters. */
export const StatusText = z.string().describe('What the code of the run says of where it stands.');

/** A whole number in a query. */
export const integerParameter = (minimum: number, maximum: number) =>
  z
    .custom<string>(
      (value) => typeof value === 'string' && /^\d{1,15}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum,
      {
        error: `must be a whole number from ${minimum} to ${maximum}`,
        abort: true,
      },
    )
    .transform(Number)
    .meta({ type: 'integer', minimum, maximum });

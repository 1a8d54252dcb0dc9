import { runId } from '@marathon/core';
import { z } from 'zod';

export const payloadField = z.unknown().optional().describe('Any JSON value; absent: no value.');
export const runIdField = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  .transform(runId);
export const ordinalField = z.int32().min(1);
export const partitionField = z.int32().min(0);
export const instantField = z.int().min(0).describe('Milliseconds since 1970.');
export const durationMsField = z.int().min(0);
export const nameField = z.string();
export const jsonObjectField = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'is not an object',
  )
  .meta({ type: 'object' });

/** Within a run. */
export const attemptFields = { activitySeq: ordinalField, attempt: ordinalField };
export const attemptRefFields = { runId: runIdField, ...attemptFields };

export const replyAddressField = z.object({ partition: partitionField.describe('Of `marathon.replies`.'), correlationId: nameField });

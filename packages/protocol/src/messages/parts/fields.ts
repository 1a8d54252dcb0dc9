import { runId } from '@marathon/core';
import { z } from 'zod';

const int32Max = 2_147_483_647;

/** Payloads are the users' own: any JSON value, never looked into. Absent stands for "no value". */
export const payloadField = z.unknown().optional();
export const runIdField = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/).transform(runId);
/** A number that counts from 1. */
export const ordinalField = z.int().min(1).max(int32Max);
export const partitionField = z.int().min(0).max(int32Max);
/** Milliseconds since 1970. */
export const instantField = z.int().min(0);
export const durationMsField = z.int().min(0);
export const nameField = z.string().min(1);
/** Taken as it is, keys included. */
export const jsonObjectField = z
  .custom<Readonly<Record<string, unknown>>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'is not an object')
  .meta({ type: 'object' });

export const attemptRefFields = { runId: runIdField, activitySeq: ordinalField, attempt: ordinalField };

export const replyAddressField = z.object({ partition: partitionField, correlationId: nameField });

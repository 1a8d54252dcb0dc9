import type { Failure } from '@marathon/core';
import { z } from 'zod';
import { payloadField } from './fields.js';
import { payloadMember, withMember } from './json-text.js';

export const failureField = z
  .object({
    type: z.string().describe('What retry policies go by: the name of the error.'),
    message: z.string(),
    nonRetryable: z.boolean().exactOptional(),
    attempt: z.int().exactOptional().describe('Of an activity or a step that was tried several times: the last attempt.'),
    details: payloadField,
    get cause() {
      return failureField.exactOptional();
    },
  })
  .meta({ id: 'Failure' });

export type WireFailure = z.output<typeof failureField>;

export function writeFailure({ details, cause, ...plain }: Failure): string {
  return withMember(withMember(JSON.stringify(plain), 'details', details), 'cause', cause && writeFailure(cause));
}

export function readFailure({ details, cause, ...plain }: WireFailure): Failure {
  return { ...plain, ...payloadMember('details', details), ...(cause && { cause: readFailure(cause) }) };
}

import type { Problem } from '@marathon/protocol';
import type { z } from 'zod';
import { inWords } from './issue-words.js';
import { ProblemError } from './problem.error.js';

/**
 * @param whole what a message about the value as a whole is put under: `body`
 * @throws ProblemError naming every field that is wrong.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, whole: string): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: inWords });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => fieldErrors(issue, value, whole));
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new ProblemError('MARATHON_REQUEST_INVALID', detail.slice(0, 1_000), { errors: errors.slice(0, 100) });
}

function fieldErrors(issue: z.core.$ZodIssue, value: unknown, whole: string): NonNullable<Problem['errors']> {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...issue.path, key].join('.').slice(0, 200), message: 'is not known here' }));
  }
  const field = issue.path.join('.').slice(0, 200) || whole;
  return [{ field, message: valueAt(value, issue.path) === undefined ? 'is required' : issue.message }];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((parent, key) => (parent as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], value);
}

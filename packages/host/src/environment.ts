import { durationMs, MarathonError } from '@marathon/core';
import { z } from 'zod';
import { nearestName } from './nearest-name.js';

const prefix = 'MARATHON_';

/**
 * The variables that a process reads, by name. What a schema's `describe()` says is the remedy that an error shows:
 * `MARATHON_PORT: wholeNumber(0, 65_535).default(8080).describe('the port of the HTTP API')`.
 */
export type EnvironmentVariables = Readonly<Record<string, z.ZodType>>;

export type Environment<Variables extends EnvironmentVariables> = { readonly [Name in keyof Variables]: z.output<Variables[Name]> };

/** Variables that cannot be used; one line for each of them. Values are not shown: some are secrets. */
export class EnvironmentError extends MarathonError {
  readonly code = 'MARATHON_ENVIRONMENT_INVALID';

  constructor(readonly problems: readonly string[]) {
    super(`the environment cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

/**
 * Validates all variables at once; an empty one counts as absent. Read once, when the process starts.
 * @throws EnvironmentError naming every variable that is wrong, and every `MARATHON_` variable that is unknown: it is mostly
 * one that is misspelt.
 */
export function readEnvironment<Variables extends EnvironmentVariables>(
  source: Readonly<Record<string, string | undefined>>,
  variables: Variables,
): Environment<Variables> {
  const names = Object.keys(variables);
  const problems = Object.keys(source)
    .filter((name) => name.startsWith(prefix) && source[name] && !Object.hasOwn(variables, name))
    .map((name) => describeUnknown(name, names));
  const values: Partial<Record<keyof Variables, unknown>> = {};
  for (const [name, schema] of Object.entries(variables)) {
    const parsed = schema.safeParse(source[name] || undefined);
    if (parsed.success) values[name as keyof Variables] = parsed.data;
    else problems.push(describeInvalid(name, schema, parsed.error, Boolean(source[name])));
  }
  if (problems.length > 0) throw new EnvironmentError(problems);
  return values as Environment<Variables>;
}

/** A whole number within bounds. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'is not a whole number')
    .transform(Number)
    .refine((number) => number >= min && number <= max, `is not from ${min} to ${max}`);

/** A duration such as `10s`, in milliseconds. */
export const duration = () =>
  z.string().transform((text, context) => {
    try {
      return durationMs(text);
    } catch {
      context.addIssue('is not a duration such as 500ms, 30s, 5m, 2h or 1d');
      return z.NEVER;
    }
  });

/** The address of something that speaks HTTP, without a slash at its end. */
export const httpUrl = () =>
  z.url({ protocol: /^https?$/, message: 'is not an address such as http://gateway:8080' }).transform((url) => url.replace(/\/+$/, ''));

/** The address of a PostgreSQL. */
export const databaseUrl = () =>
  z.string().regex(/^postgres(ql)?:\/\//, 'is not an address such as postgresql://user:password@host:5432/database');

/** Texts with commas between them. */
export const list = () =>
  z.string().transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item.length > 0),
  );

function describeInvalid(name: string, schema: z.ZodType, error: z.ZodError, isSet: boolean): string {
  const problem = isSet ? error.issues.map(({ message }) => message).join(', ') : 'is missing';
  return `${name} ${problem}${schema.description ? ` (${schema.description})` : ''}`;
}

function describeUnknown(name: string, names: readonly string[]): string {
  const ours = names.filter((known) => known.startsWith(prefix));
  const nearest = nearestName(withoutPrefix(name), ours.map(withoutPrefix));
  return `${name} is unknown here: ${nearest ? `did you mean ${prefix}${nearest}?` : `known are ${ours.join(', ') || 'none'}`}`;
}

const withoutPrefix = (name: string): string => name.slice(prefix.length);

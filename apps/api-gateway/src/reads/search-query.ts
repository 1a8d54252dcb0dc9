import type { Condition, OwnField, SearchQuery } from '@marathon/core';
import { parseSearch, SearchSyntaxError } from '@marathon/protocol';
import { ProblemError } from '../http/problem.error.js';

/** The query in a parameter; all runs when it is not there. @throws ProblemError with the position of what is wrong */
export function queryIn(parameter: string, text: string | undefined, nowMs: number): SearchQuery {
  return text === undefined ? {} : naming(parameter, () => parseSearch(text, nowMs));
}

/** Says of a mistake in which parameter it is. */
export function naming<Result>(parameter: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SearchSyntaxError)) throw error;
    const { message, position } = error;
    throw new ProblemError('MARATHON_REQUEST_INVALID', `${parameter}: ${message}`, { errors: [{ field: parameter, message, position }] });
  }
}

/** The query with what the plain parameters ask for besides. */
export function narrowed(query: SearchQuery, filters: { readonly [Field in OwnField]?: string | undefined }): SearchQuery {
  const conditions = Object.entries(filters)
    .filter((filter): filter is [OwnField, string] => filter[1] !== undefined)
    .map(([own, value]): Condition => ({ kind: 'compare', field: { own }, operator: '=', value }));
  if (query.where) conditions.push(query.where);
  const [first] = conditions;
  if (!first) return query;
  return { ...query, where: conditions.length === 1 ? first : { kind: 'and', conditions } };
}

import { MarathonError, PayloadError, PayloadMissingError, PayloadTooLargeError, SearchTooSlowError } from '@marathon/core';
import type { Problem } from '@marathon/protocol';
import { HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ProblemError } from './problem.error.js';
import { type ProblemCode, problems } from './problems.js';

const retryAfterSeconds = 1;

/** Whatever goes wrong as problem details (RFC 9457). Of an unexpected error nothing is told but that it happened. */
export function problemOf(error: unknown, url: string): Problem {
  const { code, title, status, detail, details } = refusalOf(error);
  return { type: `/docs/errors#${code}`, title, status, detail, instance: url.slice(0, 1_000), code, ...details };
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 503) reply.header('retry-after', String(retryAfterSeconds));
  reply.code(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
}

interface Refusal {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly details?: ProblemError['details'];
}

function refusalOf(error: unknown): Refusal {
  const known = error instanceof MarathonError ? error : ofFramework(error);
  if (known instanceof ProblemError)
    return { code: known.code, title: known.title, status: known.status, detail: known.message, details: known.details };
  if (known instanceof SearchTooSlowError) return refusalOf(new ProblemError(known.code, known.message));
  if (known instanceof PayloadMissingError) return { code: known.code, title: 'A payload is gone', status: 404, detail: known.message };
  if (known instanceof PayloadTooLargeError) return { code: known.code, title: 'A value is too large', status: 413, detail: known.message };
  if (known instanceof PayloadError) return { code: known.code, title: 'A value cannot be recorded', status: 400, detail: known.message };
  if (known?.retryable) return { code: known.code, title: 'That cannot be done now', status: 503, detail: known.message };
  return refusalOf(new ProblemError('MARATHON_INTERNAL', 'see the log of the gateway'));
}

/** What Fastify and Nest refuse by themselves, by status: each of these statuses has one meaning here. */
function ofFramework(error: unknown): ProblemError | undefined {
  const status = error instanceof HttpException ? error.getStatus() : (error as { readonly statusCode?: unknown } | undefined)?.statusCode;
  const code = codes[status as keyof typeof codes];
  if (!code) return undefined;
  const message = error instanceof Error ? error.message : String(error);
  return new ProblemError(
    code,
    code === 'MARATHON_REQUEST_INVALID' ? message : `${message}. ${problems[code].remedy}`,
    {},
    { cause: error },
  );
}

const codes = {
  400: 'MARATHON_REQUEST_INVALID',
  404: 'MARATHON_ROUTE_NOT_FOUND',
  413: 'MARATHON_BODY_TOO_LARGE',
  415: 'MARATHON_CONTENT_TYPE_UNSUPPORTED',
  503: 'MARATHON_OVERLOADED',
} as const satisfies Record<number, ProblemCode>;

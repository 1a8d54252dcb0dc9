import { MarathonError, PayloadError, PayloadTooLargeError } from '@marathon/core';
import type { Problem } from '@marathon/protocol';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.error.js';
import type { ProblemCode } from './problems.js';

/** Whatever goes wrong becomes problem details (RFC 9457). Nothing of an unexpected error leaves the process but that it happened. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(error, request.url);
    if (problem.status === 500) this.logger.error(error instanceof Error ? error.stack : error);
    if (reply.sent) return;
    if (problem.status === 503) reply.header('retry-after', '1');
    reply.code(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
  }
}

function problemOf(error: unknown, url: string): Problem {
  const refusal = refusalOf(error);
  const instance = url.slice(0, 1_000);
  return {
    type: `/docs/errors#${refusal.code}`,
    title: refusal.title,
    status: refusal.status,
    detail: refusal.detail,
    instance,
    code: refusal.code,
    ...refusal.details,
  };
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly details?: ProblemError['details'];
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ProblemError) return { ...error, detail: error.message };
  if (error instanceof PayloadTooLargeError) return { status: 413, code: error.code, title: 'A value is too large', detail: error.message };
  if (error instanceof PayloadError) return { status: 400, code: error.code, title: 'A value cannot be recorded', detail: error.message };
  if (error instanceof MarathonError && error.retryable) {
    return { status: 503, code: error.code, title: 'The request could not be recorded now', detail: error.message };
  }
  const expected = ofFramework(error);
  return refusalOf(expected ?? new ProblemError('MARATHON_INTERNAL', 'see the log of the gateway'));
}

/** What Fastify and Nest refuse by themselves, by status: each of these statuses has one meaning here. */
function ofFramework(error: unknown): ProblemError | undefined {
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | undefined)?.statusCode;
  const code = codes[status as keyof typeof codes];
  return code && new ProblemError(code, error instanceof Error ? error.message : String(error), {}, { cause: error });
}

const codes = {
  400: 'MARATHON_REQUEST_INVALID',
  404: 'MARATHON_ROUTE_NOT_FOUND',
  413: 'MARATHON_BODY_TOO_LARGE',
  414: 'MARATHON_URL_TOO_LONG',
  415: 'MARATHON_CONTENT_TYPE_UNSUPPORTED',
  503: 'MARATHON_OVERLOADED',
} as const satisfies Record<number, ProblemCode>;

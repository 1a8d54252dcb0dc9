import { encodePayload, type Failure, type Payload } from '@marathon/core';
import { ActivityFailure, activityDetailsCharsMax, type RequestAccepted } from '@marathon/protocol';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ActivityOutcomes } from '../intake/activity-outcomes.js';
import { invalidField } from './problem.error.js';
import { validate } from './validate.js';

/** What those say to whom activities handed out their tokens. */
@Controller('tokens/:token')
export class TokensController {
  constructor(private readonly outcomes: ActivityOutcomes) {}

  @Post('complete')
  @HttpCode(202)
  async complete(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    const payload = encodePayload(request.body, 'the result');
    const named = await this.outcomes.read(tokenOf(request));
    const { activitySeq, attempt } = named.attempt;
    const completion = { kind: 'complete-activity', activitySeq, attempt } as const;
    return this.outcomes.submit(named, payload === undefined ? completion : { ...completion, payload });
  }

  @Post('fail')
  @HttpCode(202)
  async fail(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    const failure = failureOf(validate(ActivityFailure, request.body, 'body'));
    const named = await this.outcomes.read(tokenOf(request));
    const { activitySeq, attempt } = named.attempt;
    return this.outcomes.submit(named, { kind: 'fail-activity', activitySeq, attempt, failure });
  }

  @Post('heartbeat')
  @HttpCode(202)
  async heartbeat(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    const details = detailsOf(request.body, 'body');
    return this.outcomes.heartbeat(await this.outcomes.read(tokenOf(request)), details);
  }
}

const tokenOf = (request: FastifyRequest): string => (request.params as { readonly token: string }).token;

const causeDepthMax = 8;

function failureOf({ type, message, details: given, nonRetryable, cause }: ActivityFailure, field = '', depth = 0): Failure {
  const details = detailsOf(given, `${field}details`);
  if (cause && depth === causeDepthMax) throw invalidField(`${field}cause`, `must not be there: causes are ${causeDepthMax} deep at most`);
  return {
    type,
    message,
    ...(nonRetryable && { nonRetryable }),
    ...(details !== undefined && { details }),
    ...(cause && { cause: failureOf(cause, `${field}cause.`, depth + 1) }),
  };
}

function detailsOf(value: unknown, field: string): Payload | undefined {
  const details = encodePayload(value, 'the details');
  if ((details?.length ?? 0) <= activityDetailsCharsMax) return details;
  throw invalidField(field, `must have at most ${activityDetailsCharsMax} characters as JSON`);
}

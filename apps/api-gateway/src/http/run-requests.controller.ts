import { encodePayload, isClosed, type NewRequest, type RequestIntake, runId as toRunId } from '@marathon/core';
import { NoBody, ReasonRequest, type RequestAccepted, RunQuery } from '@marathon/protocol';
import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Contracts } from '../contracts/contracts.js';
import { fingerprintOf } from '../intake/fingerprint.js';
import { RequestLane } from '../intake/request-lane.js';
import { namespace } from '../namespace.js';
import { closedRun, notFound, Runs } from '../reads/runs.js';
import { ProblemError, reusedKey } from './problem.error.js';
import { idempotencyKeyOf, nameInPath, queryOf } from './request-parts.js';
import { validate } from './validate.js';

/** Each is answered when it is durable. */
@Controller('workflows/:workflowId')
export class RunRequestsController {
  constructor(
    private readonly lane: RequestLane,
    private readonly runs: Runs,
    private readonly contracts: Contracts,
  ) {}

  @Post('signals/:name')
  @HttpCode(202)
  async signal(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    const payload = encodePayload(request.body, 'the payload');
    const name = nameInPath(request, 'name');
    const idempotencyKey = idempotencyKeyOf(request);
    const { runId } = queryOf(RunQuery, request);
    const to = { workflowId: nameInPath(request, 'workflowId'), runId, idempotencyKey };
    await this.contracts.checkSignal(to, { name, payload: request.body });
    const keyed = idempotencyKey === undefined ? {} : { idempotencyKey, fingerprint: fingerprintOf([name, payload]) };
    return this.submit(request, { kind: 'signal', name, ...(payload !== undefined && { payload }) }, keyed);
  }

  @Post('cancel')
  @HttpCode(202)
  cancel(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    return this.submit(request, { kind: 'cancel', ...reasonOf(request) });
  }

  @Post('terminate')
  @HttpCode(202)
  terminate(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    return this.submit(request, { kind: 'terminate', ...reasonOf(request) });
  }

  @Post('resume')
  @HttpCode(202)
  async resume(@Req() request: FastifyRequest): Promise<RequestAccepted> {
    validate(NoBody, request.body ?? {}, 'body');
    const workflowId = nameInPath(request, 'workflowId');
    const { runId, status } = await this.runs.find(workflowId, queryOf(RunQuery, request).runId);
    if (isClosed(status)) throw closedRun(workflowId, runId, status);
    if (status !== 'Suspended') {
      throw new ProblemError('MARATHON_RUN_NOT_SUSPENDED', `run ${runId} is ${status}`, { workflowId, runId, runStatus: status });
    }
    return this.submit(request, { kind: 'resume' });
  }

  private async submit(
    http: FastifyRequest,
    request: NewRequest,
    keyed: Pick<RequestIntake, 'idempotencyKey' | 'fingerprint'> = {},
  ): Promise<RequestAccepted> {
    const workflowId = nameInPath(http, 'workflowId');
    const { runId } = queryOf(RunQuery, http);
    const outcome = await this.lane.submit({ namespace, workflowId, ...(runId && { runId: toRunId(runId) }), request, ...keyed });
    if (outcome.outcome === 'key-reused') throw reusedKey();
    if (outcome.outcome === 'unknown') throw notFound(workflowId, runId);
    if (outcome.outcome === 'closed') throw closedRun(workflowId, outcome.runId, outcome.status);
    return { workflowId, runId: outcome.runId };
  }
}

const reasonOf = (request: FastifyRequest): { readonly reason?: string } => {
  const { reason } = validate(ReasonRequest, request.body ?? {}, 'body');
  return reason === undefined ? {} : { reason };
};
